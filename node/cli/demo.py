"""`mor-cli demo`: the whole path on the demo network, once or as a chat in the terminal."""

import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import typer
from pydantic import BaseModel

from node.cli.amounts import mor
from node.cli.context import CliContext, context_of, run
from node.cli.conversation import Conversation, turn
from node.cli.lines import Lines
from node.core.errors import NodeError, NoTargetError, UserInputError
from node.core.paths import AppDirs
from node.service.api import NodeService
from node.service.dto import (
    ChatTarget,
    QuoteRequest,
    SessionView,
)

DEMO_MODEL = "Guide"
DEMO_SESSION_S = 3600


class DemoResult(BaseModel):
    """What one round of the demo did; amounts in base units of MOR."""

    answer: str
    model: str
    provider: str
    session_id: str
    stake_wei: int
    returned_wei: int
    held_wei: int
    transactions: list[str]
    ttft_ms: int
    tokens: int
    elapsed_s: float


def demo(
    typer_context: typer.Context,
    once: str | None = typer.Option(None, help="Ask one question, print the answer, close, end."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Try the marketplace with play money: nothing to install, no account, no download."""
    parent = context_of(typer_context)
    context = CliContext(
        home=parent.home,
        network="demo",
        as_json=parent.as_json or as_json,
        environment=parent.environment,
    )
    if once is None and not context.as_json:
        run(context, demo_chat(context))
        return
    if once is None or not once.strip():
        raise UserInputError(
            "There is no question to ask.", hint='Add one: --once "What is a session?"'
        )
    run(context, demo_once(context, once))


@asynccontextmanager
async def _demo_node(context: CliContext) -> AsyncGenerator[NodeService, None]:
    """A demo node in the profile given by --home, or in a folder that is gone afterwards."""
    from node.core.log import configure_logging, log_options
    from node.service.local import NodeOptions, open_node

    with tempfile.TemporaryDirectory(prefix="morpheus-demo-") as folder:
        dirs = AppDirs.under(context.home or Path(folder))
        dirs.ensure()
        configure_logging(log_options(context.settings(), dirs.logs))
        settings = context.settings().model_copy(update={"network": "demo"})
        async with open_node(NodeOptions(dirs=dirs, settings=settings)) as node:
            yield node


async def demo_once(context: CliContext, question: str) -> None:
    started = time.monotonic()
    async with _demo_node(context) as node:
        session = await _open(node)
        talk = Conversation(target=_target(session))
        talk.ask(question, sure=True)
        said = await turn(node, talk, echo=False)
        closed = await node.sessions.close(session.id)
        transactions = await node.wallet.transactions(0, 20)
        result = DemoResult(
            answer=said.text,
            model=session.model_name,
            provider=session.provider,
            session_id=session.id,
            stake_wei=session.stake,
            returned_wei=closed.returned,
            held_wei=closed.held,
            transactions=[item.hash for item in reversed(transactions)],
            ttft_ms=said.finished.ttft_ms,
            tokens=said.finished.output_tokens,
            elapsed_s=round(time.monotonic() - started, 3),
        )
    context.show(result, lambda: _report(result))


def _report(result: DemoResult) -> str:
    return (
        f"{result.answer}\n\n"
        f"{result.model} answered in {result.ttft_ms} ms, {result.tokens} tokens."
        f" {mor(result.stake_wei)} were locked; {mor(result.returned_wei)} are back,"
        f" {mor(result.held_wei)} come back at midnight UTC."
    )


async def demo_chat(context: CliContext) -> None:
    typer.echo("Demo: play money, simulated providers. An empty line ends it.")
    async with _demo_node(context) as node:
        session = await _open(node)
        typer.echo(
            f"Session with {session.model_name} is open."
            f" {mor(session.stake)} are locked and come back.\n"
        )
        talk = Conversation(target=_target(session))
        lines = Lines()
        while question := await lines.ask("> "):
            asked = len(talk.messages)
            try:
                talk.ask(question)
                talk.answered((await turn(node, talk, echo=True)).text)
            except NodeError as error:
                typer.echo(f"{error.message} {error.hint}".strip(), err=True)
                talk.take_back(asked)
        closed = await node.sessions.close(session.id)
        typer.echo(
            f"Closed. {mor(closed.returned)} are back,"
            f" {mor(closed.held)} come back at midnight UTC."
        )


def _target(session: SessionView) -> ChatTarget:
    return ChatTarget(kind="session", id=session.id)


async def _open(node: NodeService) -> SessionView:
    models = (await node.market.models()).models
    guide = [model.id for model in models if model.name == DEMO_MODEL]
    if not guide:
        raise NoTargetError("The demo's guide is not on the market.")
    quote = await node.sessions.quote(QuoteRequest(model_id=guide[0], duration_s=DEMO_SESSION_S))
    opened: SessionView | None = None
    async with aclosing(node.sessions.open(quote.id)) as steps:
        async for step in steps:
            opened = step.session or opened
    if opened is None:
        raise NoTargetError("The session could not be opened.")
    return opened
