"""Images: the handwritten digits of MNIST and its relatives, folders, drawings."""
