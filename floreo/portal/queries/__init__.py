"""Reads that join apps for the public pages. Everything here is what a stranger may see."""
