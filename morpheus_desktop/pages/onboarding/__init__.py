"""The first start: three ways in, and the wallet's creation or import."""
