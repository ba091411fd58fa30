"""`mor-cli serve`: the node without a window, consumer and provider at once."""

import gc
import sys
from dataclasses import replace
from pathlib import Path

import typer
from pydantic import BaseModel

from node import __version__
from node.cli.context import CliContext, context_of, run
from node.cli.peer_flags import environment_of_flags
from node.cli.peer_folder import look_into
from node.cli.signals import stop_requested
from node.core.settings import NodeSettings, read_settings_file

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Started(BaseModel):
    """What a program needs to know of the node that it started; empty texts for what is off."""

    api_url: str
    network: str
    provider: str
    cookie_file: str


def serve(
    typer_context: typer.Context,
    web_address: str = typer.Option("", help="Address of the HTTP API, e.g. 127.0.0.1:8082."),
    proxy_address: str = typer.Option("", help="Address of the provider's TCP port."),
    rpc: str = typer.Option("", help="JSON-RPC address of the chain."),
    models_config: str = typer.Option("", help="Path of models-config.json."),
    env_file: bool = typer.Option(
        True, help="Read .env and the Go node's files in the folder this is started in."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Run a node without a window until it is told to stop.

    Settings come from options, then the environment, then .env, then settings.toml. The names of
    the public Go node are known; each is also an option: --eth-node-chain-id 8453.
    """
    context = context_of(typer_context).with_json(as_json)
    flags = {
        "web_address": web_address,
        "proxy_address": proxy_address,
        "rpc_urls": rpc,
        "models_config": models_config,
    }
    named = environment_of_flags(typer_context.args)
    context = replace(context, environment={**context.environment, **named})
    if env_file:
        stored = read_settings_file(context.dirs.settings_file)
        folder = look_into(Path.cwd(), context.environment, stored)
        context = replace(context, environment=folder.environment)
        for note in folder.notes:
            typer.echo(note, err=True)
    run(context, _serve(context, {name: value for name, value in flags.items() if value}))


async def _serve(context: CliContext, flags: dict[str, str]) -> None:
    from node.core.log import configure_logging, log_options
    from node.host import NodeOptions, open_hosted_node

    settings = context.settings(**flags)
    _look_over(settings)
    dirs = context.dirs
    dirs.ensure()
    configure_logging(log_options(settings, dirs.logs, console=sys.stderr.isatty()))
    stop = stop_requested()
    options = NodeOptions(dirs=dirs, settings=settings, hosting=True)
    explicit = bool(flags.get("web_address") or context.environment.get("WEB_ADDRESS"))
    async with open_hosted_node(options, fixed_port=explicit) as node:
        # What was loaded stays: looking through it for garbage would stop answers for a while.
        gc.collect()
        gc.freeze()
        status = await node.system.status()
        started = Started(
            api_url=status.api_url,
            network=status.network.name if status.network else "",
            provider=next(
                (item.detail for item in status.components if item.name == "provider"), ""
            ),
            cookie_file=(await node.system.api_access()).cookie_file,
        )
        if started.provider and not settings.proxy_address:
            typer.echo(
                f"Warning: the provider's port {started.provider} is open for this computer only."
                " Set PROXY_ADDRESS=0.0.0.0:3333 so that consumers reach it.",
                err=True,
            )
        context.show(started, lambda: _announcement(started))
        sys.stdout.flush()
        await stop.wait()


def _look_over(settings: NodeSettings) -> None:
    """What its operator would notice only later. Raises ConfigError for what is no address."""
    from node.service.assembly import split_address

    file = settings.models_config
    given = bool(settings.models_config_content.get_secret_value())
    if file and not given and not Path(file).expanduser().exists():
        typer.echo(f"Warning: there is no models file {file}; nothing is served.", err=True)
    if settings.proxy_address:
        split_address(settings.proxy_address)
    if split_address(settings.web_address)[0] not in LOOPBACK:
        typer.echo(
            f"Warning: the API listens on {settings.web_address}: other computers can reach it, and"
            " what is sent to it is not encrypted.",
            err=True,
        )


def _announcement(started: Started) -> str:
    network = f"network {started.network}" if started.network else "no network"
    provider = f"provider at {started.provider}" if started.provider else "no provider port"
    return (
        f"Node {__version__} serves {started.api_url} ({network}, {provider});"
        f" credentials in {started.cookie_file}. Stop with Ctrl+C."
    )
