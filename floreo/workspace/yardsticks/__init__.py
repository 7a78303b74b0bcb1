"""The desk's pages of yardsticks: assessments, what serves an item, the filled pack of evidence."""
