"""What a period showed, frozen: progress reports, the minister's page, the closing evaluation; page, PDF and Word."""
