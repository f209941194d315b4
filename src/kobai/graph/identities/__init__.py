"""What a graph may be replaced by: equations, each with the pattern that it fits."""
