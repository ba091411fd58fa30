"""`mor-cli status`: whether a node runs with this data folder, and how it is."""

import typer

from node.cli.context import CliContext, context_of, open_service, run
from node.cli.exit_codes import FAILED
from node.core.errors import NodeStoppedError
from node.service.dto import NodeStatus
from node.service.runtime_file import running_node


def status(
    typer_context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Tell how the running node is: address, network, components.

    Exit code 0: it runs and all is well; 1: a component is not well; 5: no node runs.
    """
    context = context_of(typer_context).with_json(as_json)
    found: list[NodeStatus] = []
    run(context, _status(context, found))
    if not all(item.ok for status in found for item in status.components):
        raise typer.Exit(FAILED)


async def _status(context: CliContext, found: list[NodeStatus]) -> None:
    if running_node(context.dirs) is None:
        raise NodeStoppedError(
            "No node runs with this data folder.",
            hint="Start one: `mor-cli serve`. Or name another folder with --home.",
        )
    async with open_service(context) as node:
        found.append(await node.system.status())
    context.show(found[0], lambda: _text(found[0]))


def _text(status: NodeStatus) -> str:
    network = status.network.title if status.network else "no network"
    minutes = int(status.uptime_s) // 60
    lines = [
        f"Node {status.version} runs for {minutes // 60} h {minutes % 60:02d}: {network},"
        f" API at {status.api_url}"
    ]
    for item in status.components:
        detail = f"  {item.detail}" if item.detail else ""
        lines.append(f"{'ok  ' if item.ok else 'FAIL'} {item.name}{detail}")
    return "\n".join(lines)
