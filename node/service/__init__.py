"""The typed facade: the only door for the window, the HTTP API and the command line."""
