"""Schema of chats.db."""
