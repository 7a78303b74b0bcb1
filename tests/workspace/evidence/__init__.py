"""The vault's pages in the workspace."""
