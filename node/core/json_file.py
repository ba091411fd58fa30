"""JSON files that people write: read with a limit, checked, and every fault told with its line."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from node.core.errors import ConfigError

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
JsonPath = tuple[str | int, ...]
_Model = TypeVar("_Model", bound=BaseModel)
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def _depth(text: str) -> int:
    """How deep brackets are nested, outside texts.

    The EVM raises the interpreter's recursion limit to a depth at which json's own check comes too
    late: it would end the process.
    """
    depth = deepest = 0
    for match in _BRACKET.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        deepest = max(deepest, depth)
    return deepest


class JsonFile:
    """A parsed document that knows the line of each member and item.

    `source` is the name for messages: a file's name or the name of an environment variable.
    """

    def __init__(self, text: str, source: str) -> None:
        """Raises ConfigError: no JSON, a number that JSON does not have, or a name given twice."""
        self.source = source
        if _depth(text) > MAX_DEPTH:
            self._refuse(0, "", "This is not JSON: it is nested too deeply.")
        try:
            self.value: Any = json.loads(text, parse_constant=_no_number)
            self._lines = _LineFinder(text).found
        except _DoubleNameError as error:
            self._refuse(error.line, error.field, "It is given twice.")
        except json.JSONDecodeError as error:
            self._refuse(error.lineno, "", f"This is not JSON: {error.msg}.")
        except (ValueError, RecursionError) as error:
            self._refuse(0, "", f"This is not JSON: {error}.")

    def line(self, path: JsonPath) -> int:
        """Line of a member, or of the nearest one around it that is there; from 1."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def refuse(self, path: JsonPath, problem: str, *, cause: Exception | None = None) -> NoReturn:
        """Raise ConfigError with file, line and field; `problem` says what is expected."""
        self._refuse(self.line(path), field_name(path), problem, cause)

    def checked(self, model: type[_Model], path: JsonPath, value: Any = None) -> _Model:
        """Validate the value at `path`, or `value` in its place, by a pydantic model.

        Raises ConfigError for the first field that does not fit.
        """
        try:
            return model.model_validate(self.at(path) if value is None else value)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            self.refuse((*path, *first["loc"]), _sentence(first["msg"]), cause=error)

    def at(self, path: JsonPath) -> Any:
        """The value at `path`; KeyError or IndexError when there is none."""
        value = self.value
        for step in path:
            value = value[step]
        return value

    def _refuse(
        self, line: int, field: str, problem: str, cause: Exception | None = None
    ) -> NoReturn:
        place = f"{self.source}, line {line}" if line else self.source
        raise ConfigError(
            f"{place}: {field} does not fit." if field else f"{place} cannot be read.",
            hint=problem,
            details={"file": self.source, "line": line, "field": field},
        ) from cause


def read_json_file(path: Path) -> JsonFile | None:
    """Read and parse a file, None when it is not there; a byte order mark is accepted.

    Raises:
        ConfigError: unreadable, above 1 MiB, no UTF-8, no JSON.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ConfigError(f"{path.name} is larger than 1 MiB.")
        return JsonFile(content.decode("utf-8-sig"), path.name)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(
            f"{path.name} cannot be read: {error.strerror or error}.",
            hint=f"Check who may read {path}.",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name} is no UTF-8 text.", hint="Save it as UTF-8.") from error


def field_name(path: JsonPath) -> str:
    """`models[0].apiUrl` for ("models", 0, "apiUrl")."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step[:80]}" if text else step[:80]
    return text


class _DoubleNameError(ValueError):
    def __init__(self, line: int, field: str) -> None:
        super().__init__(field)
        self.line = line
        self.field = field


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _sentence(text: str) -> str:
    text = text.removeprefix("Value error, ").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


class _LineFinder:
    """Line of each value of a text that is known to be JSON; a member's is that of its name."""

    def __init__(self, text: str) -> None:
        self.found: dict[JsonPath, int] = {}
        self._tokens = _tokens(text)
        self._next = next(self._tokens)
        self._value(())

    def _take(self) -> tuple[str, int]:
        taken = self._next
        self._next = next(self._tokens, ("", 0))
        return taken

    def _value(self, path: JsonPath) -> None:
        word, line = self._take()
        self.found.setdefault(path, line)
        if word == "{":
            self._members(path)
        elif word == "[":
            self._items(path)

    def _members(self, path: JsonPath) -> None:
        while (taken := self._take())[0] != "}":
            word, line = taken
            if word == ",":
                continue
            inner = (*path, json.loads(word))
            if inner in self.found:
                raise _DoubleNameError(line, field_name(inner))
            self.found[inner] = line
            self._take()
            self._value(inner)

    def _items(self, path: JsonPath) -> None:
        index = 0
        while self._next[0] != "]":
            if self._next[0] == ",":
                self._take()
                continue
            self._value((*path, index))
            index += 1
        self._take()


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line, seen = 1, 0
    for token in _TOKEN.finditer(text):
        line, seen = line + text.count("\n", seen, token.start()), token.start()
        yield token.group(), line
