"""`mor-cli agents`: tool servers of this node and of providers behind open sessions."""

import json
from typing import Any

import orjson
import typer

from node.cli.context import CliContext, context_of, listed, open_service, run
from node.core.errors import UserInputError
from node.service.dto import AgentView, ToolView

app = typer.Typer(help="Agents: tools of the Model Context Protocol, here or over a session.")
JSON = typer.Option(False, "--json", help="Print JSON.")
AGENT = typer.Option("", "--agent", help="Id of an agent of this node.")
SESSION = typer.Option("", "--session", help="Id of an open session whose provider runs one.")


@app.command("list")
def list_(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """List the agents of agents-config.json."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _list(context))


async def _list(context: CliContext) -> None:
    async with open_service(context) as node:
        found = await node.agents.list()
    context.show(found, lambda: listed(map(_agent, found), "No agents are configured."))


def _agent(agent: AgentView) -> str:
    return printable(f"{agent.id}  {agent.name}  {agent.command} {' '.join(agent.args)}")


@app.command()
def tools(
    typer_context: typer.Context,
    agent: str = AGENT,
    session: str = SESSION,
    as_json: bool = JSON,
) -> None:
    """List what an agent can do."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _tools(context, agent, session))


async def _tools(context: CliContext, agent: str, session: str) -> None:
    async with open_service(context) as node:
        found = await node.agents.tools(agent, session)
    context.show(found, lambda: "\n".join(_tool(item) for item in found))


def _tool(tool: ToolView) -> str:
    names = ", ".join(str(name) for name in tool.input_schema.get("properties") or {})
    return printable(f"{tool.name}({names})  {tool.description}")


@app.command()
def call(
    typer_context: typer.Context,
    tool: str = typer.Argument(help="Name of the tool."),
    inputs: str = typer.Argument("{}", help="Its input: a JSON object."),
    agent: str = AGENT,
    session: str = SESSION,
    as_json: bool = JSON,
) -> None:
    """Call a tool and print its result."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _call(context, tool, _object(inputs), agent, session))


async def _call(
    context: CliContext, tool: str, inputs: dict[str, Any], agent: str, session: str
) -> None:
    async with open_service(context) as node:
        result = await node.agents.call(tool, inputs, agent, session)
    context.show(result, lambda: printable(_text(result)))


def _text(result: dict[str, Any]) -> str:
    """The texts of a result; its JSON where it holds something else."""
    content = result.get("content")
    items = content if isinstance(content, list) else []
    texts = [item["text"] for item in items if isinstance(item, dict) and _is_text(item)]
    if texts and len(texts) == len(items):
        return "\n".join(texts)
    return json.dumps(result, ensure_ascii=False, indent=2)


def _is_text(item: dict[str, Any]) -> bool:
    return isinstance(item.get("text"), str)


def printable(text: str) -> str:
    """Outside text without what terminals would obey."""
    return "".join(char for char in text if char in "\n\t" or char.isprintable())


def _object(text: str) -> dict[str, Any]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UserInputError("The input is not JSON.", hint='For example {"a": 1}.') from error
    if not isinstance(value, dict):
        raise UserInputError("The input is not a JSON object.", hint='For example {"a": 1}.')
    return value
