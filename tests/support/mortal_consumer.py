"""A consumer in a process of its own that may be told to die at a named point."""

import asyncio
import importlib
import multiprocessing
import os
from contextlib import aclosing
from pathlib import Path
from typing import Any

import node.core.faults
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.service.dto import (
    ChatMessage,
    ChatRequest,
    ChatTarget,
    QuoteRequest,
    SessionView,
    TextDelta,
)
from node.service.local import LocalNode, NodeOptions, open_node


def process_context() -> Any:
    """A fork server that has imported the node already, so that each death costs no start-up."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def options(home: str, environment: dict[str, str]) -> NodeOptions:
    return NodeOptions(
        dirs=AppDirs.under(Path(home)), settings=load_settings(file=None, environment=environment)
    )


async def open_session(node: LocalNode, model_id: str) -> SessionView:
    quote = await node.sessions.quote(QuoteRequest(model_id=model_id, duration_s=3600))
    opened = None
    async with aclosing(node.sessions.open(quote.id)) as steps:
        async for step in steps:
            opened = step.session or opened
    if opened is None:
        raise AssertionError("no session came out of opening")
    return opened


async def ask(node: LocalNode, session: SessionView, text: str) -> str:
    request = ChatRequest(
        target=ChatTarget(kind="session", id=session.id),
        messages=(ChatMessage(role="user", content=text),),
    )
    async with aclosing(node.chat.send(request)) as events:
        return "".join([event.text async for event in events if isinstance(event, TextDelta)])


async def _whole_path(home: str, environment: dict[str, str], model_id: str) -> None:
    async with open_node(options(home, environment)) as node:
        session = await open_session(node, model_id)
        await ask(node, session, "What is a session?")
        await node.sessions.close(session.id)


def live_and_die(home: str, environment: dict[str, str], model_id: str, fault: str) -> None:
    """Open, ask, close; killed by the operating system's hardest signal at `fault`."""
    os.environ[node.core.faults.VARIABLE] = fault
    importlib.reload(node.core.faults)
    asyncio.run(_whole_path(home, environment, model_id))
