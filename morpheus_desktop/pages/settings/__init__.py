"""Settings of the node and the window."""
