"""The outbox in the workspace: what waits, what could not be sent, what came back."""
