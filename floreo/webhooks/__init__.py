"""Webhooks: what happened here, told to programs of others as signed messages."""
