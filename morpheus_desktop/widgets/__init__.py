"""Reusable widgets that know no domain. Painted from the theme, usable by keyboard."""
