"""Markdown to text documents. No HTML engine, no file or network access, whatever the text says."""
