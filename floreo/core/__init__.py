"""What has no business meaning: actions, the audit chain, access, the clock, search, tables, the look."""
