"""The workspace of reports: closing, previews, corrections, signatures, Word templates."""
