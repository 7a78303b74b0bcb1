"""Reads that join apps for the public pages. Everything here is what the public may see."""
