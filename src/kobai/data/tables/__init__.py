"""Tables: from a file or a frame to columns of numbers that a network takes."""
