"""llama.cpp in a child process: worker side, parent side, and the start protocol between them."""
