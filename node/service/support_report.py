"""Collects what helps to find a fault, without what is nobody's business."""

import asyncio
import json
import os
import platform
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from node import __version__
from node.core.log import FILE_NAME, log_options
from node.core.log_lines import LogEntry, read_line, recent_entries
from node.core.paths import AppDirs
from node.core.settings import NodeSettings
from node.core.web_address import host_only
from node.service.data_shapes import aside_findings, databases, file_lines
from node.service.dto import (
    ChainEndpoint,
    DoctorFinding,
    NodeStatus,
    ReportFile,
    SupportReport,
)
from node.service.report_redaction import ReportCleaner
from node.wallet.vault import Vault

LOG_LINES = 500
_TAIL_BYTES = 1_000_000
_PARTS = ("web3", "coincurve", "pydantic", "httpx", "PySide6-Essentials", "xllamacpp", "keyring")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSources:
    """What a report is made of. `settings` None: they cannot be read. `status` None: no node."""

    dirs: AppDirs
    settings: NodeSettings | None
    findings: Sequence[DoctorFinding]
    status: NodeStatus | None = None
    endpoints: Sequence[ChainEndpoint] = ()
    wallet: Mapping[str, Any] | None = None


async def make_report(sources: ReportSources, *, addresses: bool, now: int) -> SupportReport:
    """Reads the profile's folders in a thread; nothing is written. `now`: Unix seconds."""
    return await asyncio.to_thread(_made, sources, addresses, now)


def _made(sources: ReportSources, addresses: bool, now: int) -> SupportReport:
    at = datetime.fromtimestamp(now, UTC)
    cleaner = ReportCleaner(_folders(sources.dirs), addresses=addresses)
    files = [
        ReportFile(name=name, title=title, text=make(sources, cleaner))
        for name, title, make in _FILES
    ]
    redactions = cleaner.redactions()
    lines = [f"Morpheus Desktop {__version__}: report of {at:%Y-%m-%d %H:%M} UTC", ""]
    lines += [f"{item.name}: {item.title}" for item in files]
    lines += ["", "Left out:"]
    lines += [f"- {item.what}: {item.how}{_times(item.count)}" for item in redactions]
    first = ReportFile(name="README.txt", title="Contents", text="\n".join(lines) + "\n")
    return SupportReport(
        name=f"morpheus-report-{at:%Y%m%d-%H%M}",
        files=(first, *files),
        redactions=redactions,
    )


def wallet_shape(vault: Vault) -> dict[str, Any]:
    """How many accounts of which kinds there are, and how they are protected; no addresses."""
    status = vault.status()
    accounts = Counter(f"{item.kind}, {item.protection}" for item in vault.accounts())
    return {
        "state": status.state,
        "accounts": dict(accounts),
        "phrase checked": status.backed_up,
        "keychain": status.keyring_available,
        "damaged files": len(status.damaged),
    }


def _times(count: int | None) -> str:
    return "" if count is None else f" ({count} times)" if count != 1 else " (once)"


def _folders(dirs: AppDirs) -> dict[str, Path]:
    return {name: getattr(dirs, name) for name in ("config", "data", "state", "logs", "cache")}


def _system(sources: ReportSources, cleaner: ReportCleaner) -> str:
    return _json(
        cleaner,
        {
            "program": __version__,
            "bundle": bool(getattr(sys, "frozen", False)),
            "python": platform.python_version(),
            "system": platform.platform(),
            "machine": platform.machine(),
            "processors": os.cpu_count(),
            "sqlite": sqlite3.sqlite_version,
            "libraries": {name: _version(name) for name in _PARTS},
        },
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not there"


def _checks(sources: ReportSources, cleaner: ReportCleaner) -> str:
    lines = []
    for item in [*sources.findings, *aside_findings(sources.dirs)]:
        mark = "ok  " if item.ok else "WARN" if item.warning else "FAIL"
        lines.append(f"{mark} {item.name}: {item.message}")
        if item.hint and not item.ok:
            lines.append(f"     {item.hint}")
    return cleaner.text("\n".join(lines) + "\n")


def _settings(sources: ReportSources, cleaner: ReportCleaner) -> str:
    if sources.settings is None:
        return "The settings cannot be read: see checks.txt.\n"
    # What is secret among them is known by its kind; names would tell too much of the others.
    shown = {
        name: cleaner.value("", _shown(name, getattr(sources.settings, name)))
        for name in NodeSettings.model_fields
    }
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, SecretStr):
        return bool(value.get_secret_value())
    if name == "own_networks":
        return [str(item) for item in value]
    if name == "rpc_urls":
        return [host_only(url) for url in value]
    return list(value) if isinstance(value, tuple) else value


def _network(sources: ReportSources, cleaner: ReportCleaner) -> str:
    if sources.status is None:
        return "The node did not start: see checks.txt.\n"
    status = sources.status.model_dump(mode="json")
    endpoints = [item.model_dump(mode="json") for item in sources.endpoints]
    found = {**status, "chain servers": endpoints, "wallet": sources.wallet}
    return _json(cleaner, found)


def _databases(sources: ReportSources, cleaner: ReportCleaner) -> str:
    return _json(cleaner, databases(sources.dirs))


def _files(sources: ReportSources, cleaner: ReportCleaner) -> str:
    return cleaner.text("\n".join(file_lines(sources.dirs)) + "\n")


def _log(sources: ReportSources, cleaner: ReportCleaner) -> str:
    lines = [cleaner.text(_log_line(entry)) for entry in _entries(sources)]
    return "\n".join(lines or ["No lines."]) + "\n"


def _entries(sources: ReportSources) -> Sequence[LogEntry]:
    """From the file, which holds earlier runs too; from memory when there is none."""
    folder = sources.dirs.logs
    if sources.settings is not None:
        folder = log_options(sources.settings, folder).folder or folder
    path = folder / FILE_NAME
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            tail = file.read(_TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return recent_entries(level="debug", limit=LOG_LINES)
    found = [entry for entry in map(read_line, tail.split("\n")) if entry is not None]
    return found[-LOG_LINES:]


def _log_line(entry: LogEntry) -> str:
    at = datetime.fromtimestamp(entry.at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    fields = "".join(f" {name}={value}" for name, value in entry.fields.items())
    return f"{at} {entry.level.upper():7} {entry.area}: {entry.text}{fields}"


def _json(cleaner: ReportCleaner, value: Mapping[str, Any]) -> str:
    return json.dumps(cleaner.value("", value), indent=2, ensure_ascii=False) + "\n"


_FILES: tuple[tuple[str, str, Callable[[ReportSources, ReportCleaner], str]], ...] = (
    ("system.json", "Version, system, libraries", _system),
    ("checks.txt", "Findings and damaged files", _checks),
    ("settings.json", "Settings without secrets", _settings),
    ("network.json", "Network, servers, accounts", _network),
    ("databases.json", "Sizes of the databases", _databases),
    ("files.txt", "Names and sizes of files", _files),
    ("log.txt", f"The newest {LOG_LINES} log lines", _log),
)
