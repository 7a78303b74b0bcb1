"""A file becomes a draft of a strategy edition: readers, rules and their vocabulary. Plain Python, never Django."""
