"""A waiting transaction: speeding it up, cancelling it."""
