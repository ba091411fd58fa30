"""SQLite storage: the journal of sessions and transactions, peers, statistics and chats."""
