"""Views of lists that people save: filters and words under a name."""
