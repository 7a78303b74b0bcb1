"""What waits for everybody, across all apps: one list, one weekly e-mail, one calendar, reminders."""
