"""Every write to committees, meetings, minutes and decisions."""
