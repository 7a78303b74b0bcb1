"""The outbox at the desk: what waits, what could not be sent, what came back."""
