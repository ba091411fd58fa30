"""The demo chain's contracts against the vectors of the public ones."""
