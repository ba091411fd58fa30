"""The name of an account, in which no secret stays readable."""

from morpheus_desktop.widgets.guarded_field import WAS_SECRET, GuardedField

MAX_NAME = 60


class NameField(GuardedField):
    """`value` is the name as one line."""

    def __init__(self, placeholder: str, *, name: str) -> None:
        super().__init__(placeholder, name=name, words=WAS_SECRET)
        self.edit.setAccessibleName("Name")

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
