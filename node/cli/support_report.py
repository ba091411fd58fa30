"""`mor-cli support-report`: a zip for those who help, after a look at what is in it."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from node.cli.context import CliContext, agree, context_of, open_service, run
from node.core.errors import AlreadyRunningError, NodeError

if TYPE_CHECKING:  # it takes half a second to import
    from node.service.dto import DoctorFinding, SupportReport


def support_report(
    typer_context: typer.Context,
    file: Path | None = typer.Argument(None, help="New zip file; a name is made up without one."),
    show: bool = typer.Option(False, "--list", help="Print what would be in it, write nothing."),
    addresses: bool = typer.Option(False, "--addresses", help="Keep addresses of the chain in it."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Replace a file that is there."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Write versions, checks, settings, states and log lines into a zip, without secrets, messages,
    addresses and amounts. Nothing is sent. See what is in it with --list.
    """
    context = context_of(typer_context).with_json(as_json)
    run(context, _make(context, file, show, addresses, yes))


async def _make(
    context: CliContext, file: Path | None, show: bool, addresses: bool, yes: bool
) -> None:
    from node.core.zip_file import save_zip

    report = await _report(context, addresses)
    if show:
        context.show(report, lambda: preview(report))
        return
    path = (file or Path(f"{report.name}.zip")).absolute()
    if path.exists():
        agree(context, f"{path.name} is there already.", f"Replace {path.name}?", yes)
    saved = save_zip(path, report.name, report.texts, replace=path.exists())
    told = {"file": str(saved), "files": list(report.texts)}
    context.show(told, lambda: f"{saved} is written. Look at it before you hand it on.")


async def _report(context: CliContext, addresses: bool) -> "SupportReport":
    try:
        async with open_service(context) as node:
            return await node.system.support_report(addresses=addresses)
    except AlreadyRunningError:
        raise
    except NodeError as error:
        # A node that does not start is what reports are made for.
        return await _without_a_node(context, error, addresses)


async def _without_a_node(
    context: CliContext, error: NodeError, addresses: bool
) -> "SupportReport":
    from node.cli.doctor import findings_without_a_node
    from node.core.clock import SystemClock
    from node.service.support_report import ReportSources, make_report

    try:
        settings = context.settings()
    except NodeError:
        # Told by the findings.
        settings = None
    findings: list[DoctorFinding] = await findings_without_a_node(context, error)
    sources = ReportSources(dirs=context.dirs, settings=settings, findings=findings)
    return await make_report(sources, addresses=addresses, now=SystemClock().unix_seconds())


def preview(report: "SupportReport") -> str:
    """All files as they would be in the zip."""
    return "\n".join(f"--- {item.name}\n{item.text}" for item in report.files)
