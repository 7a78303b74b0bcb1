"""The workspace of advisories: writing, review by a second person, new versions, withdrawal; KEV and EPSS; the team's profile."""
