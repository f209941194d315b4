"""Products, linear algebra and Fourier transforms."""
