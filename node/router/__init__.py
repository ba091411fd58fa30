"""Use cases of the node:

Rating, quotes, sessions, prompts, serving. Knows siblings only by ports.
"""
