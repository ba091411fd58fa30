"""`mor-cli doctor`: what is wrong and how to put it right."""

from collections.abc import Sequence
from pathlib import Path

import typer

from node.cli.context import CliContext, context_of, open_service, run
from node.cli.exit_codes import FAILED, WARNINGS
from node.cli.peer_folder import in_folder
from node.core.errors import AlreadyRunningError, NodeError
from node.service.dto import DoctorFinding


def doctor(
    typer_context: typer.Context,
    folder: Path | None = typer.Option(
        None, help="Look at the .env and files of a Go node there, as serve does."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Find out what is wrong and how to mend it: files, disk, chain, clock, wallet, models.

    Nothing is changed. Exit code 0: all is well; 10: warnings only; 1: something is wrong.
    """
    context = in_folder(context_of(typer_context).with_json(as_json), folder)
    findings: list[DoctorFinding] = []
    run(context, _examine(context, findings))
    code = worst(findings)
    if code:
        raise typer.Exit(code)


def worst(findings: Sequence[DoctorFinding]) -> int:
    """The exit code for findings."""
    if any(not item.ok and not item.warning for item in findings):
        return FAILED
    return 0 if all(item.ok for item in findings) else WARNINGS


async def _examine(context: CliContext, findings: list[DoctorFinding]) -> None:
    try:
        async with open_service(context) as node:
            findings.extend(await node.system.doctor())
    except AlreadyRunningError:
        raise
    except NodeError as error:
        findings.extend(await findings_without_a_node(context, error))
    context.show(findings, lambda: "\n".join(finding_line(finding) for finding in findings))


async def findings_without_a_node(context: CliContext, error: NodeError) -> list[DoctorFinding]:
    """What can be looked at when the node does not start, and why it does not."""
    from node.service.config_check import check_config
    from node.service.findings import of_error
    from node.service.local_checks import local_findings

    found = [of_error("node", error)]
    files = check_config(context.dirs, context.environment)
    found += [item for item in files if item.message != error.message]
    try:
        settings = context.settings()
    except NodeError:
        return found
    names = {item.name for item in found}
    local = await local_findings(context.dirs, settings, look_at_ports=True)
    return [*found, *(item for item in local if item.name not in names)]


def finding_line(finding: DoctorFinding) -> str:
    mark = "ok  " if finding.ok else "WARN" if finding.warning else "FAIL"
    hint = f"\n     {finding.hint}" if finding.hint and not finding.ok else ""
    return f"{mark} {finding.name}: {finding.message}{hint}"
