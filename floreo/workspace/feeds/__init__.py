"""The workspace of feeds: reports as they come, findings, letters about them, what is answered and corrected."""
