"""Every write of the incident desk."""
