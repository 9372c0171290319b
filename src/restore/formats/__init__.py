"""What documents are read from and written to."""
