"""Tool servers of the Model Context Protocol, run as child processes over stdio."""
