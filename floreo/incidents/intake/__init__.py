"""What each channel brings, as `Incoming`: plain data, made here and taken in by actions/."""
