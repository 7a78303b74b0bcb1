"""What time it is in this desk: the same as at the incident desk, whose cases and clocks it shares."""

from floreo.incidents.moments import now

__all__ = ["now"]
