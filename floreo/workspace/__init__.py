"""Signed-in pages, which join the apps."""
