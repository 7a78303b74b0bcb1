"""Every write of advisories, by noun."""
