"""The workspace's pages of frameworks: assessments, what serves an item, the filled pack of evidence."""
