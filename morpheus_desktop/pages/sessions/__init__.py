"""Open sessions, stake on its way back, history."""
