"""The workspace of money: agreements, the lines they pay for, payments, and what an IATI export lacks."""
