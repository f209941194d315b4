"""The figures of the book, each of which trains what it shows."""
