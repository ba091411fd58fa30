"""Routes by tag. Each module builds the router of its group for one node."""
