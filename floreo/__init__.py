"""Floreo runs a national cybersecurity strategy. Start reading at docs/guide."""
