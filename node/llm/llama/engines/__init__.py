"""Engines that run inside the worker process, one module per binding of llama.cpp."""
