"""The vault's pages at the desk."""
