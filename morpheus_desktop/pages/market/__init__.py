"""Models and offers of the marketplace."""
