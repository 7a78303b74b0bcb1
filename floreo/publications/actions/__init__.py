"""Every write of publications, by noun."""
