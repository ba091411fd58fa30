"""The address book of the wallet."""
