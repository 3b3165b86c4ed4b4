"""Images and labels: IDX files, Fashion-MNIST, batches."""
