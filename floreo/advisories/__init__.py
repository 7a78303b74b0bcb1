"""Advisories: what the national team says of weaknesses and threats, as page, e-mail, feed and CSAF; and who the team is."""
