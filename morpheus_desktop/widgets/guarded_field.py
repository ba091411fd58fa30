"""A field in which no private key and no recovery phrase stays readable."""

from collections.abc import Callable

from PySide6.QtCore import Signal

from morpheus_desktop.widgets.fields import TextField
from node.core.errors import InvalidAddressError
from node.core.ids import Address
from node.core.redaction import holds_secret

WAS_SECRET = "That was a private key or recovery phrase: it is removed. Clear the clipboard too."  # noqa: S105 - a sentence


class GuardedField(TextField):
    """`secret_taken()` when what `is_secret` knows was typed or pasted: the field is empty then,
    and says `words` below it, if there are any.

    It has no limit of its length: a secret that was cut would not be known as one.
    """

    secret_taken = Signal()

    def __init__(
        self,
        placeholder: str = "",
        *,
        name: str = "",
        is_secret: Callable[[str], bool] = holds_secret,
        words: str = "",
    ) -> None:
        super().__init__(placeholder, name=name)
        self._is_secret, self._words = is_secret, words

    def _text_changed(self, text: str) -> None:
        if not self._is_secret(text):
            super()._text_changed(text)
            return
        # setText also empties the field's history, so that undoing does not bring it back.
        self.set_text("")
        self.show_error(self._words)
        self.secret_taken.emit()


def is_address_secret(text: str) -> bool:
    """For a field that takes an address: also a word list of another language is none."""
    if holds_secret(text):
        return True
    try:
        Address.parse(text, strict=True)
    except InvalidAddressError as error:
        return error.code == "input.secret"
    return False
