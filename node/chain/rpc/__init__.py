"""JSON-RPC 2.0: one endpoint over HTTP, one in the process, and a pool that hides which of them
works.
"""
