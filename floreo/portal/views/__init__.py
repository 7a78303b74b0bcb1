"""Pages of the public site, by noun. Every one is open to everybody and only reads."""
