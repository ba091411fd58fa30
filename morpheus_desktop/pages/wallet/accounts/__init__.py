"""Accounts of the wallet: seen, used, named, added and taken out."""
