"""What time it is in this app: the same as in the incidents app, whose cases and clocks it shares."""

from floreo.incidents.moments import now

__all__ = ["now"]
