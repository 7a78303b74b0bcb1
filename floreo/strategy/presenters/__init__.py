"""Sentences of the plan, computed from data, so that page, e-mail and report say the same. Plain text, gettext."""
