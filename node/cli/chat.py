"""`mor-cli chat`: talk to a model through a session, or to one on this computer."""

import asyncio

import typer

from node.cli.chat_target import choose_target
from node.cli.context import CliContext, context_of, open_service, run
from node.cli.conversation import Conversation, Turn, turn
from node.cli.lines import Lines
from node.cli.signals import interrupts
from node.core.errors import NodeError
from node.core.tasks import TaskScope
from node.service.api import NodeService

JSON = typer.Option(False, "--json", help="Print JSON.")
HELP = """/clear  forget the conversation so far
/help   this text
/exit   end; so does an empty line. The session stays open.
Ctrl+C  stop an answer; at the prompt, end"""


def chat(
    typer_context: typer.Context,
    message: str = typer.Argument("", help="One message; without it a conversation."),
    session: str = typer.Option("", help="Id of an open session."),
    model: str = typer.Option("", help="Id or name of a model on the network."),
    local: str = typer.Option("", help="Id or name of a model on this computer."),
    yes: bool = typer.Option(
        False, "--yes", "-y", help="Open a session without asking; send what looks like a key."
    ),
    as_json: bool = JSON,
) -> None:
    """Talk to a model. Without options: through the open session, or choose from a list.

    Opening a session locks MOR; what and for how long is shown first. In the conversation /help
    lists what can be typed.

    Examples: mor-cli chat --local my-model "What is a stake?"; mor-cli chat --model Guide
    """
    context = context_of(typer_context).with_json(as_json)
    if not local:
        context.require_network()
    wanted = {"session": session, "model": model, "local": local}
    run(context, _chat(context, message, wanted, yes))


async def _chat(context: CliContext, message: str, wanted: dict[str, str], yes: bool) -> None:
    async with open_service(context) as node:
        lines = Lines()
        target = await choose_target(context, node, lines, wanted, yes=yes)
        talk = Conversation(target=target)
        if message:
            talk.ask(message, sure=yes or context.as_json)
            await _answered(context, node, talk)
            return
        prompt = "" if context.as_json else "> "
        while question := await lines.ask(prompt):
            if question in ("/exit", "/quit"):
                return
            if question.startswith("/") and not context.as_json:
                _obey(talk, question)
                continue
            asked = len(talk.messages)
            try:
                talk.ask(question, sure=context.as_json)
                await _stoppable(context, node, talk)
            except NodeError as error:
                typer.echo(f"{error.message} {error.hint}".strip(), err=True)
                talk.take_back(asked)


def _obey(talk: Conversation, command: str) -> None:
    if command in ("/clear", "/c"):
        talk.clear()
        typer.echo("Forgotten; the next message begins anew.")
    else:
        typer.echo(HELP)


async def _stoppable(context: CliContext, node: NodeService, talk: Conversation) -> None:
    """One turn that Ctrl+C stops; what came so far belongs to the conversation."""
    failures: list[NodeError] = []
    pieces: list[str] = []

    async def work() -> None:
        try:
            await _answered(context, node, talk, pieces)
        except NodeError as error:
            failures.append(error)

    with interrupts() as interrupted:
        async with TaskScope("answer") as tasks:
            answering = tasks.spawn(work(), name="turn")
            stopping = tasks.spawn(interrupted.wait(), name="ctrl-c")
            await asyncio.wait((answering, stopping), return_when=asyncio.FIRST_COMPLETED)
    if failures:
        raise failures[0]
    if interrupted.is_set():
        typer.echo("\n(stopped)", err=True)
        talk.answered("".join(pieces))


async def _answered(
    context: CliContext, node: NodeService, talk: Conversation, pieces: list[str] | None = None
) -> None:
    """One turn: as it comes for people, as one JSON line for programs."""
    done: Turn = await turn(node, talk, echo=not context.as_json, pieces=pieces)
    talk.answered(done.text)
    if context.as_json:
        context.show(
            {
                "answer": done.text,
                "ttft_ms": done.finished.ttft_ms,
                "tokens": done.finished.output_tokens,
                "tokens_per_second": done.finished.tokens_per_second,
            },
            lambda: done.text,
        )
