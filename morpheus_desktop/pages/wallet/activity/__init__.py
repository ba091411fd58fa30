"""Activity: what the wallet did, what waits, what came in."""
