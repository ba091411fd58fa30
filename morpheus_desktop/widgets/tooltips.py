"""Tooltips with text from outside."""

from html import escape


def plain_tooltip(text: str) -> str:
    """The text for `setToolTip` so that it is shown as written.

    Qt guesses whether a tooltip is markup, and markup may name files to load.
    """
    if "<" not in text and "&" not in text:
        return text
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>'
