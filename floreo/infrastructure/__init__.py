"""Services that a country depends on, what they depend on themselves, and what happens when they fail."""
