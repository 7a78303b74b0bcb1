"""Documents of others as text: readers of Word, PDF, HTML, Markdown and plain text, distinguished by content. Plain Python, but for the
translated sentences (`sentences`) about a document that cannot be read."""
