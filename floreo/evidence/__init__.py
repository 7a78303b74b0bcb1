"""The evidence vault: each file, link or record once, with its hash, its marking and how long it holds."""
