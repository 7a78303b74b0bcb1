"""The first page: whose turn it is, search, audit."""
