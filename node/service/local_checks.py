"""Checks of this computer and of the data folder; they need no node and no network."""

import asyncio
import os
import platform
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from node import __version__
from node.core.errors import ConfigError
from node.core.paths import AppDirs
from node.core.settings import NodeSettings
from node.llm.hardware import free_disk
from node.service.assembly import split_address
from node.service.config_check import check_files
from node.service.dto import DoctorFinding
from node.service.findings import failure, fine, of_error, warning
from node.wallet.keyring_store import OsKeyring

MIN_DISK_BYTES = 500 * 1024 * 1024
KEYCHAIN_S = 5.0


async def local_findings(
    dirs: AppDirs, settings: NodeSettings, *, look_at_ports: bool
) -> tuple[DoctorFinding, ...]:
    """Program, folders, disk, databases, keychain, files and, when no node has them, ports."""
    databases = await asyncio.to_thread(_databases, dirs)
    files = await asyncio.to_thread(check_files, dirs, settings)
    ports = _ports(settings) if look_at_ports else ()
    return (_program(), _folders(dirs), _disk(dirs), databases, await _keychain(), *files, *ports)


def api_finding(url: str, settings: NodeSettings) -> DoctorFinding:
    """Where the API of the running node is, and whether another port had to be taken."""
    try:
        _, wanted = split_address(settings.web_address)
    except ConfigError:
        wanted = 0
    used = urlsplit(url).port
    if wanted and used != wanted:
        return warning(
            "API",
            f"Port {wanted} is used by another program; {used} is used instead.",
            f"Programs reach it at {url} in this run. End the other one, or set WEB_ADDRESS.",
        )
    return fine("API", f"It listens at {url}.")


def _program() -> DoctorFinding:
    return fine(
        "program",
        f"Morpheus Desktop {__version__}, Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.machine()}.",
    )


def _folders(dirs: AppDirs) -> DoctorFinding:
    for folder in (dirs.config, dirs.data, dirs.state, dirs.logs, dirs.cache):
        if not folder.is_dir():
            continue
        if not os.access(folder, os.W_OK | os.X_OK):
            return failure(
                "folders", f"{folder} cannot be written.", "Choose another folder with --home."
            )
        if sys.platform != "win32" and folder.stat().st_mode & 0o077:
            return warning("folders", f"Other users can look into {folder}.", f"chmod 700 {folder}")
    return fine("folders", f"{dirs.data} and its neighbours are private and can be written.")


def _disk(dirs: AppDirs) -> DoctorFinding:
    free = free_disk(dirs.data)
    text = f"{free // 1024**2} MiB are free for the data folder."
    if free >= MIN_DISK_BYTES:
        return fine("disk", text)
    return failure("disk", text, "Make room; funds are safe meanwhile.")


def _databases(dirs: AppDirs) -> DoctorFinding:
    looked_at = []
    for path in (dirs.journal_db, dirs.chats_db, dirs.clients_db):
        if not path.exists():
            continue
        fault = _fault_of(path)
        if fault:
            return failure(
                "databases",
                f"{path.name} is damaged: {fault}.",
                "Start the program: it sets a damaged file aside and takes the newest backup.",
            )
        looked_at.append(path.name)
    return fine("databases", f"Sound: {', '.join(looked_at)}." if looked_at else "None is there.")


def _fault_of(path: Path) -> str:
    """First line of SQLite's own check, empty for a sound file. Opens it for reading only."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            (answer,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return "" if answer == "ok" else str(answer)


async def _keychain() -> DoctorFinding:
    try:
        found = await asyncio.wait_for(asyncio.to_thread(OsKeyring.find), KEYCHAIN_S)
    except TimeoutError:
        return warning("keychain", "The system's keychain does not answer.", "Unlock it.")
    if found is None:
        return fine("keychain", "The system offers none; a password protects the wallet.")
    return fine("keychain", "The system's keychain can be used.")


def _ports(settings: NodeSettings) -> tuple[DoctorFinding, ...]:
    named = (
        ("API port", settings.web_address, "WEB_ADDRESS"),
        ("provider port", settings.proxy_address, "PROXY_ADDRESS"),
    )
    return tuple(_port(name, text, variable) for name, text, variable in named if text)


def _port(name: str, address: str, variable: str) -> DoctorFinding:
    try:
        host, port = split_address(address)
        family, kind, proto, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as listener:
            if sys.platform != "win32":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
    except ConfigError as error:
        return of_error(name, error)
    except OSError as error:
        return warning(
            name,
            f"{address} cannot be used: {error.strerror or error}.",
            f"Which program has it? End that one, or set {variable} to another port.",
        )
    return fine(name, f"{address} is free.")
