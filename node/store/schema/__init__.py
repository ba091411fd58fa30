"""Numbered SQL files; the number is the `user_version` a file leads to."""
