"""Documents: one list of blocks, drawn as a page, a PDF/UA and a Word file that say the same. Plain Python."""
