"""What the README says of feeds' speed, one command a claim: see README.md beside this."""
