"""`mor-cli`: the command line and the node without a window."""
