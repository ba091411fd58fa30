"""Allowances of the wallet: what contracts may take, and taking it back."""
