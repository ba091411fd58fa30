"""What the program costs: measured by `python -m benchmarks`, never by the tests."""
