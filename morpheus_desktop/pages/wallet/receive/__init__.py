"""Receiving: the address, its code, and a request for an amount."""
