"""Schema of clients.db."""
