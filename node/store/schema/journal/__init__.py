"""Schema of journal.db."""
