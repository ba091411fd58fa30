"""Conversations: the list, the transcript, the composer and who answers."""
