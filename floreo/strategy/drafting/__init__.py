"""A document that was read becomes a draft of a strategy edition: rules and their vocabulary. Plain Python, never Django."""
