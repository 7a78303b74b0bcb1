"""A ministry's own Word template: which fields there are, what is refused, how it is filled."""
