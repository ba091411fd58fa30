"""Sheets about the wallet's secrets: backup, reveal and export, another password."""
