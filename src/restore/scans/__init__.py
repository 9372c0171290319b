"""Images of pages: made ready, read by Tesseract, and read once more where that is in doubt."""
