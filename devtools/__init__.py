"""Behind `dev.py`: the environment, the checks, the bundle. Standard library only."""
