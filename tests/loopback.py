"""Servers on this machine that tests ask."""

# Seconds after which a server sees that it shall end: it would be asked to wait half a second at the end of each test.
POLL = 0.01
