"""The outline of a document: what it is made of, and what a person says each kind of passage is. Plain Python."""
