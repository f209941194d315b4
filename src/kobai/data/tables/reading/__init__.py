"""How the cells of a column are read: what people write as numbers, dates, missing."""
