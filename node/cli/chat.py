"""`mor-cli chat`: talk to an open session or a model on this computer."""

from contextlib import aclosing

import typer

from node.cli.context import CliContext, context_of, open_service, run
from node.cli.lines import Lines
from node.core.errors import NodeError, NoTargetError
from node.service.api import NodeService
from node.service.dto import ChatMessage, ChatRequest, ChatTarget, TextDelta, TurnFinished

JSON = typer.Option(False, "--json", help="Print JSON.")


def chat(
    typer_context: typer.Context,
    message: str = typer.Argument("", help="One message; without it a conversation."),
    session: str = typer.Option("", help="Id of an open session."),
    local: str = typer.Option("", help="Id or name of a model on this computer."),
    as_json: bool = JSON,
) -> None:
    """Chat through a session or with a local model. Sessions are not opened by this command."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _chat(context, message, session, local))


async def _chat(context: CliContext, message: str, session: str, local: str) -> None:
    async with open_service(context) as node:
        target = await _target(node, session, local)
        if message:
            await _once(context, node, target, message)
            return
        history: list[ChatMessage] = []
        lines, prompt = Lines(), "" if context.as_json else "> "
        while question := await lines.ask(prompt):
            history.append(ChatMessage(role="user", content=question))
            try:
                text = await _answered(context, node, target, history)
            except NodeError as error:
                typer.echo(f"{error.message} {error.hint}".strip(), err=True)
                history.pop()
                continue
            history.append(ChatMessage(role="assistant", content=text))


async def _target(node: NodeService, session: str, local: str) -> ChatTarget:
    if local:
        return ChatTarget(kind="local", id=local)
    if session:
        return ChatTarget(kind="session", id=session)
    active = [item for item in await node.sessions.list() if item.state == "active"]
    if not active:
        raise NoTargetError(
            "No session is open.",
            hint="Open one with `mor-cli session open`, or name a model with --local.",
        )
    return ChatTarget(kind="session", id=active[0].id)


async def _once(context: CliContext, node: NodeService, target: ChatTarget, text: str) -> None:
    await _answered(context, node, target, [ChatMessage(role="user", content=text)])


async def _answered(
    context: CliContext, node: NodeService, target: ChatTarget, history: list[ChatMessage]
) -> str:
    """One turn: as it comes for people, as one JSON line for programs."""
    answer, finished = await turn(node, target, history, echo=not context.as_json)
    if context.as_json:
        context.show(
            {
                "answer": answer,
                "ttft_ms": finished.ttft_ms,
                "tokens": finished.output_tokens,
                "tokens_per_second": finished.tokens_per_second,
            },
            lambda: answer,
        )
    return answer


async def turn(
    node: NodeService, target: ChatTarget, history: list[ChatMessage], *, echo: bool
) -> tuple[str, TurnFinished]:
    """Send the history; return the whole answer and its figures. `echo` prints it as it comes."""
    request = ChatRequest(target=target, messages=tuple(history))
    pieces: list[str] = []
    finished: TurnFinished | None = None
    async with aclosing(node.chat.send(request)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                pieces.append(event.text)
                if echo:
                    typer.echo(event.text, nl=False)
            elif isinstance(event, TurnFinished):
                finished = event
    if echo:
        typer.echo("")
    if finished is None:
        raise NoTargetError("The answer did not end.")
    return "".join(pieces), finished
