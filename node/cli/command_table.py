"""The commands of `mor-cli`, each in a module that is imported only when it is used."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import typer
from typer.core import TyperGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class LazyCommand:
    """`place` is `module:attribute` of a function or of a `typer.Typer`; `help` is what the list
    of commands shows.
    """

    place: str
    help: str
    settings: Mapping[str, Any] = field(default_factory=dict)


COMMANDS: Mapping[str, LazyCommand] = {
    "demo": LazyCommand(place="node.cli.demo:demo", help="Try everything with play money."),
    "chat": LazyCommand(place="node.cli.chat:chat", help="Talk to a model in the terminal."),
    "models": LazyCommand(place="node.cli.market:models", help="List the models on offer."),
    "bids": LazyCommand(place="node.cli.market:bids", help="List the offers for a model."),
    "providers": LazyCommand(place="node.cli.market:providers", help="List the providers."),
    "session": LazyCommand(place="node.cli.session:app", help="Open, list and close sessions."),
    "wallet": LazyCommand(place="node.cli.wallet:app", help="Keys and money."),
    "provider": LazyCommand(place="node.cli.provider:app", help="Offer models and be paid."),
    "local": LazyCommand(place="node.cli.local:app", help="Models on this computer."),
    "serve": LazyCommand(
        place="node.cli.serve:serve",
        help="Run a node without a window.",
        settings={"allow_extra_args": True, "ignore_unknown_options": True},
    ),
    "status": LazyCommand(place="node.cli.status:status", help="Tell how the running node is."),
    "network": LazyCommand(
        place="node.cli.network:app", help="List networks; add and remove your own."
    ),
    "logs": LazyCommand(place="node.cli.logs:logs", help="Show what the node wrote down."),
    "agents": LazyCommand(place="node.cli.agents:app", help="Agents and their tools."),
    "config": LazyCommand(
        place="node.cli.config:app", help="Show, check and change settings; import and export."
    ),
    "doctor": LazyCommand(
        place="node.cli.doctor:doctor", help="Find out what is wrong and how to mend it."
    ),
    "support-report": LazyCommand(
        place="node.cli.support_report:support_report",
        help="Make a zip for those who help, without secrets.",
    ),
    "completion": LazyCommand(
        place="node.cli.completion:completion", help="Let the shell complete commands."
    ),
    "devnet": LazyCommand(
        place="node.cli.devnet:devnet", help="Serve a chain with play money for tests."
    ),
}


class LazyGroup(TyperGroup):
    """A group whose commands come from `COMMANDS`."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        known = self.commands.get(cmd_name)
        if known is None and cmd_name in COMMANDS:
            known = self.commands[cmd_name] = loaded(ctx, cmd_name)
        return known

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def loaded(ctx: Any, name: str) -> Any:
    """Import a command and build it."""
    entry = COMMANDS[name]
    module, _, attribute = entry.place.partition(":")
    found: typer.Typer | Callable[..., None] = getattr(importlib.import_module(module), attribute)
    around = typer.Typer(add_completion=False, rich_markup_mode=None)
    around.callback()(_nothing)
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name, context_settings=dict(entry.settings))(found)
    group: Any = typer.main.get_command(around)
    return group.get_command(ctx, name)


def _nothing() -> None:
    """A callback makes a group of an app with one command."""


VALUED = ("--home", "--network")
SWITCHES = ("--json",)


def globals_first(arguments: Sequence[str]) -> list[str]:
    """The same words with the options of all commands in front, wherever they were written."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in VALUED:
            value = next(words, None)
            if value is None:
                rest.append(word)
            else:
                front += [word, value]
        elif word in SWITCHES or word.startswith(tuple(f"{name}=" for name in VALUED)):
            front.append(word)
        else:
            rest.append(word)
    return front + rest
