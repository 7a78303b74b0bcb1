"""The evidence vault at the desk."""
