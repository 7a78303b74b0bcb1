"""The evidence vault in the workspace."""
