"""Where the MOR is, sending, receiving, transactions."""
