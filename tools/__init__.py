"""What builds and checks the program; nothing here is in the wheel."""
