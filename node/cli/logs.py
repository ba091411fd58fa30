"""`mor-cli logs`: the newest lines of the node's log."""

from collections import deque
from datetime import UTC, datetime
from pathlib import Path

import typer

from node.cli.context import CliContext, context_of, open_service, run
from node.core.log import FILE_NAME, log_options
from node.core.log_lines import read_line
from node.core.settings import LOG_LEVELS
from node.service.dto import LogLine

MAX_READ = 2000


def logs(
    typer_context: typer.Context,
    level: str = typer.Option("info", help=f"Lowest level: {', '.join(LOG_LEVELS)}."),
    limit: int = typer.Option(100, min=1, max=MAX_READ, help="Number of lines."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Print the newest lines of the running node, or of the last run from its file."""
    context = context_of(typer_context).with_json(as_json)
    if level not in LOG_LEVELS:
        raise typer.BadParameter(f"one of {', '.join(LOG_LEVELS)}", param_hint="--level")
    run(context, _show(context, level, limit))


async def _show(context: CliContext, level: str, limit: int) -> None:
    from node.service.remote import running_node

    if running_node(context.dirs) is not None:
        async with open_service(context) as node:
            lines = await node.system.logs(level, limit)
    else:
        folder = log_options(context.settings(), context.dirs.logs).folder
        lines = _from_file((folder or context.dirs.logs) / FILE_NAME, level, limit)
    context.show(lines, lambda: "\n".join(_words(line) for line in lines) or "No lines.")


def _from_file(path: Path, level: str, limit: int) -> tuple[LogLine, ...]:
    from node.service.log_view import log_line

    wanted = LOG_LEVELS[LOG_LEVELS.index(level) :]
    found: deque[LogLine] = deque(maxlen=limit)
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                entry = read_line(text)
                if entry is not None and entry.level in wanted:
                    found.append(log_line(entry))
    return tuple(found)


def _words(line: LogLine) -> str:
    at = datetime.fromtimestamp(line.at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    fields = "".join(f" {name}={value}" for name, value in line.fields.items())
    return f"{at} {line.level.upper():7} {line.area}: {line.text}{fields}"
