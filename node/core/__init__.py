"""Value types, errors, clock, tasks, settings and ports that every other package may import."""
