"""Keys: recovery phrases, encrypted wallet files, and the one object that signs."""
