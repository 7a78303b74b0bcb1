"""Webhooks: what happened here, sent to programs of others as signed messages."""
