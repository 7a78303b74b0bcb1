"""Open data: every public table gathered once, its dictionary and its catalogue. The faces read it."""
