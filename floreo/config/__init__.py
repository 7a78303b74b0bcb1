"""Settings, addresses and the command line; no business meaning."""
