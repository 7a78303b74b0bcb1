"""The first steps of an installation, whether its site is official, and the rows that wait for a check."""
