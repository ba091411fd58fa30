"""What the node asks for before money moves: warnings, the password, an amount typed again."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import typer
from pydantic import SecretStr

from node.cli.context import is_interactive
from node.cli.secret_input import wallet_password
from node.core.errors import WrongPasswordError
from node.service.dto import Quote, SendDraft, Warning_

if TYPE_CHECKING:  # it takes half a second to import
    from node.service.api import NodeService


_T = TypeVar("_T")


def warning_lines(warnings: Iterable[Warning_]) -> list[str]:
    """One line each, to be read before the question."""
    return [f"! {item.text} {item.hint}".rstrip() for item in warnings]


async def consent_to(
    node: "NodeService", asked: SendDraft | Quote, typed: str, yes: bool
) -> tuple[SecretStr | None, str]:
    """Password and typed amount, asked for where they are needed and were not given. With `yes`
    nobody is there to type: without `typed` the node refuses in words.
    """
    password = await wallet_password(node) if asked.needs_password else None
    if asked.needs_typed and not typed and not yes and is_interactive():
        typed = str(typer.prompt(f"Type {asked.needs_typed} to go on"))
    return password, typed


async def with_password(
    node: "NodeService", act: Callable[[SecretStr | None], Awaitable[_T]]
) -> _T:
    """Do it; ask for the password and do it again where the node wants one."""
    try:
        return await act(None)
    except WrongPasswordError as error:
        if error.code != "wallet.password_needed":
            raise
        typer.echo(f"{error.message} {error.hint}", err=True)
    return await act(await wallet_password(node))
