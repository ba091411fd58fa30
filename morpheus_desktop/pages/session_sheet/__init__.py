"""The sheet that opens a session: how long, with whom, what happens to the money."""
