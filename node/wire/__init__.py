"""MOR RPC, the marketplace's TCP protocol between a consumer node and a provider node, both roles.

Public source: the wire format of the Go proxy-router (`internal/proxyapi`), byte for byte.
"""
