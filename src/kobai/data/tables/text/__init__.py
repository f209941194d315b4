"""Text files of rows: their encoding, what parts their cells, where a table begins."""
