"""What is said about speed, runnable by anybody: see README.md beside this."""
