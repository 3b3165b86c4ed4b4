"""The process that trains: the only room that imports TensorFlow and Keras."""
