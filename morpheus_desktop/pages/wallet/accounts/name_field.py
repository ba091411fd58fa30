"""The name of an account, in which no secret stays readable."""

from morpheus_desktop.widgets.fields import TextField
from node.core.redaction import holds_secret

MAX_NAME = 60
_MOST = 400
"""A pasted key must arrive whole: one that was cut would not be known as one."""
_WAS_SECRET = "That was a private key or a phrase: it is removed. Clear the clipboard too."  # noqa: S105 - a sentence


class NameField(TextField):
    """Takes secrets away at once; `value` is the name as one line."""

    def __init__(self, placeholder: str, *, name: str) -> None:
        super().__init__(placeholder, name=name)
        self.edit.setAccessibleName("Name")
        self.edit.setMaxLength(_MOST)
        self.changed.connect(self._look_for_secrets)

    def value(self) -> str:
        return " ".join(self.text().split())

    def check(self, *, needed: bool = False) -> bool:
        """Whether the name will do; says at the field why not."""
        value, problem = self.value(), ""
        if needed and not value:
            problem = "Give the account a name."
        elif len(value) > MAX_NAME:
            problem = f"A name has at most {MAX_NAME} characters; this has {len(value)}."
        self.show_error(problem)
        if problem:
            self.setFocus()
        return not problem

    def _look_for_secrets(self, text: str) -> None:
        if holds_secret(text):
            # setText also empties the field's history, so that undoing does not bring it back.
            self.set_text("")
            self.show_error(_WAS_SECRET)
