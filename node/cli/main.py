"""Entry of `mor-cli`: global options and the tree of commands."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from node import __version__
from node.cli.chat import chat
from node.cli.context import CliContext, context_of, fail, take_environment
from node.cli.demo import demo
from node.cli.devnet import devnet
from node.cli.doctor import doctor
from node.cli.local import app as local_app
from node.cli.market import bids, models
from node.cli.provider import app as provider_app
from node.cli.serve import serve
from node.cli.session import app as session_app
from node.cli.wallet import app as wallet_app
from node.core.errors import NodeError

_VALUED = ("--home", "--network")
_SWITCHES = ("--json",)


def globals_first(arguments: Sequence[str]) -> list[str]:
    """The same words with the options of all commands in front, wherever they were written."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _VALUED:
            value = next(words, None)
            if value is None:
                rest.append(word)
            else:
                front += [word, value]
        elif word in _SWITCHES or word.startswith(tuple(f"{name}=" for name in _VALUED)):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


class Commands(TyperGroup):
    """Takes the global options in any place, and shows expected failures of any command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, globals_first(args))

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except NodeError as error:
            fail(context_of(ctx), error)


app = typer.Typer(
    name="mor-cli",
    cls=Commands,
    help="Chat, sessions, wallet and node of the Morpheus marketplace.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    typer_context: typer.Context,
    home: Path | None = typer.Option(
        None, help="Folder for all data of this program.", envvar="MORPHEUS_HOME"
    ),
    network: str = typer.Option("", help="demo, base, base-sepolia, arbitrum or custom."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Options of all commands."""
    typer_context.obj = CliContext(
        home=home, network=network, as_json=as_json, environment=take_environment()
    )


app.command()(demo)
app.command()(devnet)
app.command()(serve)
app.command()(models)
app.command()(bids)
app.command()(chat)
app.command()(doctor)
app.add_typer(wallet_app, name="wallet")
app.add_typer(session_app, name="session")
app.add_typer(provider_app, name="provider")
app.add_typer(local_app, name="local")


def main() -> None:
    """Run the command line; used as console script."""
    app()


if __name__ == "__main__":
    main()
