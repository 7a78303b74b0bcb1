"""The words of a law as plain data: read, compared and amended. No Django."""
