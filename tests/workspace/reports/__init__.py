"""Reports in the workspace."""
