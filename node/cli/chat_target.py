"""Whom `mor-cli chat` talks to: an open session, a new one, or a model on this computer."""

from collections.abc import Mapping

import typer

from node.cli.amounts import mor
from node.cli.context import CliContext, is_interactive
from node.cli.lines import Lines
from node.cli.lookup import model_id
from node.cli.session import ask_to_open, open_quoted
from node.core.errors import NoTargetError, UserInputError
from node.service.api import NodeService
from node.service.dto import ChatTarget, ModelSummary, QuoteRequest

NEW_SESSION_S = 3600


async def choose_target(
    context: CliContext, node: NodeService, lines: Lines, wanted: Mapping[str, str], *, yes: bool
) -> ChatTarget:
    """The target that options name (`session`, `model`, `local`), else the open session, else what
    the user picks from a list.

    Raises:
        UserInputError: more than one option, or opening a session was not agreed to.
        NoTargetError: no option, no open session, and nobody to ask.
    """
    if sum(bool(text) for text in wanted.values()) > 1:
        raise UserInputError("Name one of --session, --model and --local.")
    if wanted["local"]:
        return ChatTarget(kind="local", id=wanted["local"])
    if wanted["session"]:
        return ChatTarget(kind="session", id=wanted["session"])
    model = await model_id(node, wanted["model"]) if wanted["model"] else ""
    for item in await node.sessions.list():
        if item.state == "active" and model in ("", item.model_id):
            return ChatTarget(kind="session", id=item.id)
    if not model:
        model = await _pick(context, node, lines)
    quote = await node.sessions.quote(QuoteRequest(model_id=model, duration_s=NEW_SESSION_S))
    if not yes:
        ask_to_open(context, quote)
    session = await open_quoted(node, quote, yes=yes)
    return ChatTarget(kind="session", id=session.id)


async def _pick(context: CliContext, node: NodeService, lines: Lines) -> str:
    """Id of a model with offers that the user chose by number."""
    if context.as_json or not is_interactive():
        raise NoTargetError(
            "No session is open.",
            hint="Open one with `mor-cli session open`, or name a model with --model or --local.",
        )
    models = [item for item in (await node.market.models()).models if item.offers]
    if not models:
        raise NoTargetError("No model is on offer on this network now.")
    for number, item in enumerate(models, start=1):
        typer.echo(f"{number:>3}  {_line(item)}")
    answer = await lines.ask("Number of the model: ")
    if not answer.isdigit() or not 1 <= int(answer) <= len(models):
        raise UserInputError("No model was chosen.")
    return models[int(answer) - 1].id


def _line(item: ModelSummary) -> str:
    locked = f"{mor(item.stake_per_hour)} locked per hour" if item.stake_per_hour else ""
    return f"{item.name}  {item.kind}  {locked}".rstrip()
