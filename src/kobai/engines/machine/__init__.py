"""Facts about the machine that engines run on: its processor and its BLAS."""
