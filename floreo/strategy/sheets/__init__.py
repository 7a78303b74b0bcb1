"""The plan of an edition as one workbook: its columns, how it is written, and how it is read back."""
