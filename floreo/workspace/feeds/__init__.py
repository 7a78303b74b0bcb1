"""The workspace of feeds: reports as they come, findings, notices about them, what is answered and corrected."""
