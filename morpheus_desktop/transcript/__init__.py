"""The conversation: a virtual view with one light widget per visible message."""
