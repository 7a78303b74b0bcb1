"""The public form for reports of incidents: one step a page, no account, no cookie, no script."""
