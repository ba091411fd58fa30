"""Sending: a form, a review, what became of it."""
