"""What compiled steps call: elementary functions, rows, products of matrices."""
