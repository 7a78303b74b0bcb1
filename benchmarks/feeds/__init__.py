"""What is said of feeds' speed, one command for each: see README.md beside this."""
