"""Models behind one interface: OpenAI-compatible servers, GGUF files, the Guide."""
