"""Where the owner's password is asked for: an HTTP client cannot be asked, only told."""

from collections.abc import Iterator
from contextlib import contextmanager

from node.core.errors import WrongPasswordError

NEEDED = "wallet.password_needed"


@contextmanager
def told_how_to_consent() -> Iterator[None]:
    """Let a refusal for want of the password also say how to go on.

    Raises:
        WrongPasswordError: as inside, with the ways out in its hint.
    """
    try:
        yield
    except WrongPasswordError as error:
        if error.code != NEEDED:
            raise
        raise WrongPasswordError(
            error.message,
            hint=f"{error.hint} Give it as “password” in the JSON body, do it in the window or with"
            " mor-cli, or take a smaller amount.",
            code=NEEDED,
            details=error.details,
        ) from error
