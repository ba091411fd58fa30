"""Networks, their contracts and their servers."""
