"""Reports at the desk."""
