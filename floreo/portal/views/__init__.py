"""Pages of the public site, by noun. Every one is open to strangers and only reads."""
