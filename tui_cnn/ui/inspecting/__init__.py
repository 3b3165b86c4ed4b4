"""What the Inspect screen knows: which run, which image, which cell, and what the inspector has answered."""
