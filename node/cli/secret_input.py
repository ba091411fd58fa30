"""Secrets from the terminal or standard input, never from the command line."""

import sys
from typing import TYPE_CHECKING

import typer
from pydantic import SecretStr

from node.cli.context import is_interactive
from node.core.errors import UserInputError

if TYPE_CHECKING:  # it takes half a second to import
    from node.service.api import NodeService


def read_secret(prompt: str, *, confirm: bool = False) -> str:
    """Ask without echo, or read one line from standard input when it is no terminal."""
    if is_interactive():
        return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=confirm))
    return read_line(prompt)


def read_line(prompt: str) -> str:
    """Ask, or read one line from standard input when it is no terminal."""
    if is_interactive():
        return str(typer.prompt(prompt))
    line = sys.stdin.readline().rstrip("\n")
    if not line:
        raise UserInputError(f"{prompt}: nothing was given on standard input.")
    return line


async def wallet_password(node: "NodeService") -> SecretStr | None:
    """The password of the account in use; None, unasked, when the secret store keeps it."""
    status = await node.wallet.status()
    if status.kind == "none" or status.by_keyring:
        return None
    return SecretStr(read_secret("Password of the wallet"))
