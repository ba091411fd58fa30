"""Options of the public Go node on the line of `mor-cli serve`: each environment name in kebab
case.
"""

import difflib
from collections.abc import Sequence

import typer

from node.core.errors import UserInputError
from node.core.settings.peer_names import SECRET_NAMES, UNUSED, flag_of, used_names

OWN_OPTIONS = ("--rpc", "--models-config", "--env-file", "--no-env-file", "--home", "--network")


def environment_of_flags(arguments: Sequence[str]) -> dict[str, str]:
    """`--eth-node-chain-id 8453`, `-eth-node-chain-id=8453` … as environment names.

    A switch without a value is `true`.

    Raises:
        UserInputError: an option that carries a secret.
        typer.BadParameter: an option that neither node knows.
    """
    names = {flag_of(name): name for name in (*used_names(), *UNUSED)}
    found: dict[str, str] = {}
    words = list(arguments)
    while words:
        option, equals, value = words.pop(0).partition("=")
        name = names.get("--" + option.lstrip("-")) if option.startswith("-") else None
        if name is None:
            near = difflib.get_close_matches(option, [*names, *OWN_OPTIONS], n=1)
            meant = f"; is {near[0]} meant?" if near else ""
            raise typer.BadParameter(f"there is no option {option[:60]}{meant}")
        if name in SECRET_NAMES:
            raise UserInputError(
                f"A secret is not given as {option}: other programs can read it there.",
                hint=f"Set {name} in the environment or in .env, or use a wallet file.",
            )
        if not equals:
            value = words.pop(0) if words and not words[0].startswith("-") else "true"
        found[name] = value
    return found
