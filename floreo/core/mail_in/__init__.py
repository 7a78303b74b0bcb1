"""Mail that comes in, for whoever reads a mailbox: the server (`mailbox`), one message as plain data (`reading`, `outlook`),
whether its sender is proven (`senders`, `signatures`), what a person is shown of it (`doubts`)."""
