"""Programs of others: tokens with which they ask, and webhooks by which they are notified."""
