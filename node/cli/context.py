"""What every command needs:

The profile, the node (in this process or the running one), output, exit codes.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from node.cli.exit_codes import INTERRUPTED, TERMINATED, exit_code
from node.core.errors import AlreadyRunningError, NodeError, UserInputError
from node.core.paths import AppDirs

if TYPE_CHECKING:  # they take half a second to import: only for commands that need them
    from node.core.settings import NodeSettings
    from node.service.api import NodeService


@dataclass(frozen=True, slots=True, kw_only=True)
class CliContext:
    """Options given before the command's name. `environment` is that of the process at start."""

    home: Path | None
    network: str
    as_json: bool
    environment: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def dirs(self) -> AppDirs:
        if self.home is not None:
            return AppDirs.under(self.home)
        return AppDirs.default()

    def settings(self, **flags: Any) -> "NodeSettings":
        """Flags over environment over file over defaults. Raises ConfigError."""
        from node.core.settings import load_settings

        values = {"network": self.network or None, **flags}
        return load_settings(
            file=self.dirs.settings_file, environment=self.environment, flags=values
        )

    def show(self, value: Any, human: Callable[[], str]) -> None:
        """Print one result: a JSON document with `--json`, words otherwise."""
        typer.echo(json.dumps(plain(value), ensure_ascii=False) if self.as_json else human())

    def with_json(self, wanted: bool) -> "CliContext":
        """The same with `--json` given behind the command's name as well."""
        return replace(self, as_json=self.as_json or wanted)

    def require_network(self) -> None:
        """Refuse a command that needs a network when none is named anywhere."""
        from node.service.runtime_file import running_node

        settings = self.settings()
        if running_node(self.dirs) is not None:
            return
        if not (settings.network or settings.marketplace_address or settings.chain_id):
            raise UserInputError(
                "This command needs a network.", hint="Add --network demo, base or base-sepolia."
            )


def listed(lines: Iterable[str], nothing: str) -> str:
    """One line each, or `nothing` where there are none."""
    return "\n".join(lines) or nothing


def plain(value: Any) -> Any:
    """DTOs as JSON values; integers stay exact."""
    from pydantic import BaseModel

    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


@asynccontextmanager
async def open_service(
    context: CliContext, *, without_network: bool = False
) -> AsyncGenerator["NodeService", None]:
    """The running node of this data folder when there is one, else a node of our own.

    `without_network`: ours opens none, also where the settings name one.
    """
    from node.core.log import configure_logging, log_options
    from node.service.local import NodeOptions, open_node
    from node.service.remote import RemoteNode, running_node

    runtime = running_node(context.dirs)
    if runtime is not None:
        async with RemoteNode(runtime) as remote:
            await _require_same_network(context, remote)
            yield remote
        return
    try:
        context.dirs.ensure()
        configure_logging(log_options(context.settings(), context.dirs.logs))
        settings = context.settings()
        if without_network:
            settings = settings.model_copy(update={"network": ""})
        async with open_node(NodeOptions(dirs=context.dirs, settings=settings)) as node:
            yield node
    except AlreadyRunningError as error:
        raise AlreadyRunningError(
            "The program is running with this data folder, but its API does not answer.",
            hint="Close it, or use another folder with --home.",
        ) from error


async def _require_same_network(context: CliContext, node: "NodeService") -> None:
    """Money must not move on another network than the one that was named."""
    wanted = context.network or context.environment.get("MORPHEUS_NETWORK", "")
    if not wanted:
        return
    network = (await node.system.status()).network
    name = network.name if network else ""
    if name != wanted:
        raise UserInputError(
            f"The running node uses {f'the network {name}' if name else 'no network'},"
            f" not {wanted[:40]}.",
            hint="Leave --network away, choose the network there, or use another --home.",
        )


def run(context: CliContext, work: Coroutine[Any, Any, None]) -> None:
    """Run one command; a typed failure becomes two lines or a JSON object, and an exit code.

    Ctrl+C and SIGTERM cancel it, so that the node closes in order.
    """
    try:
        asyncio.run(_cancelled_by_sigterm(work))
    except NodeError as error:
        fail(context, error)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except asyncio.CancelledError:
        raise typer.Exit(TERMINATED) from None


async def _cancelled_by_sigterm(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.current_task()
    if task is not None and sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await work


def fail(context: CliContext, error: NodeError) -> NoReturn:
    """Show an expected failure and leave."""
    if context.as_json:
        body = {"error": error.message, "hint": error.hint, "code": error.code}
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        typer.echo(f"{error.message}", err=True)
        if error.hint:
            typer.echo(f"{error.hint}", err=True)
    raise typer.Exit(exit_code(error))


def agree(context: CliContext, what: str, question: str, yes: bool) -> None:
    """Ask before something is done that cannot be taken back; `yes` agrees beforehand.

    Raises:
        UserInputError: nobody can be asked; `what` says what would be done.
    """
    if yes:
        return
    if context.as_json or not is_interactive():
        raise UserInputError(what, hint="Add --yes to agree beforehand.")
    typer.confirm(question, abort=True)


def context_of(typer_context: typer.Context) -> CliContext:
    found = typer_context.find_object(CliContext)
    if found is None:
        raise typer.BadParameter("the command was started without its options")
    return found


def take_environment() -> dict[str, str]:
    """Copy the environment and remove the private key from it: children must not inherit it."""
    environment = dict(os.environ)
    if os.environ.pop("WALLET_PRIVATE_KEY", None) is not None:
        typer.echo(
            "Warning: WALLET_PRIVATE_KEY is readable for other programs of this user."
            " A wallet file with a password is safer.",
            err=True,
        )
    return environment


def is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
