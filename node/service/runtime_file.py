"""Where the running node of a data folder listens, told to other programs of the same user."""

import http.client
import json
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from node.core.errors import ConfigError
from node.core.paths import AppDirs, write_private

MAX_BYTES = 4096
PROBE_S = 2.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """`cookie_file` holds the credentials; they are not in this record."""

    url: str
    cookie_file: Path
    pid: int

    def token(self) -> str:
        """The password of the cookie file. Raises ConfigError when it cannot be read."""
        try:
            text = self.cookie_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError("The cookie file of the running node cannot be read.") from error
        return text.strip("\r\n").partition(":")[2]


def write_runtime(dirs: AppDirs, *, url: str, cookie_file: Path) -> None:
    """Replace the file atomically, mode 0600."""
    record = {"url": url, "cookie_file": str(cookie_file), "pid": os.getpid()}
    write_private(dirs.runtime_file, json.dumps(record).encode())


def remove_runtime(dirs: AppDirs) -> None:
    dirs.runtime_file.unlink(missing_ok=True)


def read_runtime(dirs: AppDirs) -> Runtime | None:
    """The record, or None when there is none or it is not one of ours."""
    try:
        with dirs.runtime_file.open("rb") as file:
            value = json.loads(file.read(MAX_BYTES))
        runtime = Runtime(
            url=str(value["url"]), cookie_file=Path(value["cookie_file"]), pid=int(value["pid"])
        )
        parts = urlsplit(runtime.url)
        is_ours = parts.scheme == "http" and parts.hostname in _LOOPBACK and parts.port
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return runtime if is_ours else None


def running_node(dirs: AppDirs) -> Runtime | None:
    """The node that runs with this data folder, if its process lives and its API answers."""
    runtime = read_runtime(dirs)
    if runtime is None or not psutil.pid_exists(runtime.pid):
        return None
    parts = urlsplit(runtime.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PROBE_S)
    try:
        connection.request("GET", "/healthcheck")
        answers = connection.getresponse().status in (200, 503)
    except (OSError, http.client.HTTPException):
        answers = False
    finally:
        connection.close()
    return runtime if answers else None
