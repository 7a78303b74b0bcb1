"""Comments on records, within the workspace: with mentions, for those who may see the record."""
