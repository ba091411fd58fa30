"""The local HTTP API: the public node's routes and OpenAI's, for programs on this computer."""
