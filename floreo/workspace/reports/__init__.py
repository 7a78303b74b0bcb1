"""The desk of reports: closing, previews, corrections, signatures, Word templates."""
