"""What everybody owes, across all apps: one list, one weekly e-mail, one calendar, nudges."""
