"""Reports: frozen, public, honest."""
