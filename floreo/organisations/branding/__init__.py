"""A country's own branding: its mark, its colours and the name of its programme, as its pack gives them."""
