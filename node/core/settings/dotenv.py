"""`.env` files as the public node's library reads them: `NAME=value`, quotes, comments.

Source of the rules: the README of github.com/joho/godotenv.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from node.core.errors import ConfigError

MAX_BYTES = 1024 * 1024
_ENTRY = re.compile(
    r"""
    [ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.]*)[ \t]*[=:][ \t]*
    (?: '(?P<literal>[^']*)' | "(?P<quoted>(?:[^"\\]|\\.)*)" | (?P<bare>[^\n]*) )
    """,
    re.VERBOSE | re.DOTALL,
)
_REST = re.compile(r"[ \t]*(?:\#[^\n]*)?(?:\n|\Z)")
_VARIABLE = re.compile(r"(\\)?\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def read_dotenv(path: Path) -> dict[str, str]:
    """Read a file, empty when there is none.

    Raises:
        ConfigError: unreadable, too large, of another user, or a line that is none; values are
        not in the message.
    """
    try:
        found = path.stat()
        if sys.platform != "win32" and found.st_uid not in (os.getuid(), 0):
            raise ConfigError(
                f"{path.name} belongs to another user of this computer.",
                hint=f"Take it over or start in another folder: {path}",
            )
        if found.st_size > MAX_BYTES:
            raise ConfigError(f"{path.name} is larger than 1 MiB.")
        return parse_dotenv(path.read_text("utf-8-sig"), path.name)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path.name} cannot be read.", hint=f"Is it a text file that you may read? {path}"
        ) from error


def parse_dotenv(text: str, source: str = ".env") -> dict[str, str]:
    """Names and values; a later line wins, `${NAME}` stands for an earlier value of the file.

    Raises ConfigError as `read_dotenv`.
    """
    text = text.replace("\r\n", "\n")
    values: dict[str, str] = {}
    position = 0
    while position < len(text):
        blank = _REST.match(text, position)
        if blank is not None:
            position = blank.end()
            continue
        entry = _ENTRY.match(text, position)
        if entry is None:
            _refuse(text, position, source)
        values[entry["name"]] = _value(entry, values)
        end = _REST.match(text, entry.end())
        if end is None:
            _refuse(text, entry.end(), source)
        position = end.end()
    return values


def _value(entry: re.Match[str], values: Mapping[str, str]) -> str:
    if entry["literal"] is not None:
        return entry["literal"]
    if entry["quoted"] is not None:
        return _expanded(
            re.sub(r"\\([^$])", lambda m: _ESCAPES.get(m[1], m[1]), entry["quoted"]), values
        )
    bare = re.split(r"(?:^|[ \t])#", entry["bare"], maxsplit=1)[0]
    return _expanded(bare.strip(), values)


def _expanded(text: str, values: Mapping[str, str]) -> str:
    def replace(match: re.Match[str]) -> str:
        if match[1]:
            return match[0][1:]
        return values.get(match[2] or match[3], "")

    return _VARIABLE.sub(replace, text)


def _refuse(text: str, position: int, source: str) -> NoReturn:
    line = text.count("\n", 0, position) + 1
    raise ConfigError(
        f"{source}, line {line} cannot be read.",
        hint="A line is NAME=value; a value with line breaks stands in quotes.",
        details={"file": source, "line": line},
    )
