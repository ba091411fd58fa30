"""Entry of `mor-cli`: global options and the tree of commands."""

from pathlib import Path
from typing import Any

import typer

from node import __version__
from node.cli.command_table import LazyGroup, globals_first
from node.cli.context import CliContext, context_of, fail, take_environment
from node.core.errors import NodeError

__all__ = ["app", "main"]


class Commands(LazyGroup):
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
    epilog="Start with: mor-cli demo",
    no_args_is_help=True,
    rich_markup_mode=None,
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
    network: str = typer.Option(
        "", help="demo, base, base-sepolia, arbitrum, custom or one you added."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Options of all commands."""
    typer_context.obj = CliContext(
        home=home, network=network, as_json=as_json, environment=take_environment()
    )


def main() -> None:
    """Run the command line; used as console script."""
    app()


if __name__ == "__main__":
    main()
