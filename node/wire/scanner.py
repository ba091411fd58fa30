"""Framing: cuts a byte stream into whole JSON objects, whatever its pieces. O(n) in all."""

import re

from node.core.errors import BadMessageError, MessageTooLargeError

_LEADING = re.compile(rb"[ \t\r\n]*+")
_STRUCTURE = re.compile(rb'["{}\[\]]')
_STRING_BODY = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_QUOTE, _OPEN_OBJECT = 0x22, 0x7B
_OPENING = frozenset(b"{[")


class JsonScanner:
    """Finds the end of each top-level object by string, escape and depth state; does not parse.

    Objects follow each other with optional white space between. What is found still has to be
    parsed strictly; the scanner only sees that brackets balance by count and that limits hold.
    """

    def __init__(self, *, max_bytes: int, max_depth: int, max_tokens: int) -> None:
        self._max_bytes = max_bytes
        self._max_depth = max_depth
        self._max_tokens = max_tokens
        self._spaces = 0
        self._reset()

    def _reset(self) -> None:
        self._parts = bytearray()
        self._depth = 0
        self._tokens = 0
        self._in_string = False
        self._escaped = False

    @property
    def buffered(self) -> int:
        """Bytes held of an object that is not complete yet."""
        return len(self._parts)

    def feed(self, data: bytes, start: int = 0) -> tuple[bytes | None, int]:
        """Take `data[start:]` up to the end of the next object.

        Returns the object's bytes and the position after it; None and `len(data)` if incomplete.

        Raises:
            BadMessageError: a top-level value that is no object, or too much nesting or structure.
            MessageTooLargeError: the object is larger than allowed.
        """
        if not self._parts:
            start = self._first(data, start)
            if start >= len(data):
                return None, len(data)
        end = self._scan(data, start)
        stop = len(data) if end < 0 else end
        if len(self._parts) + stop - start > self._max_bytes:
            raise MessageTooLargeError("The message is larger than allowed.")
        if end < 0:
            self._parts += data[start:]
            return None, stop
        frame = bytes(self._parts) + data[start:end] if self._parts else data[start:end]
        self._reset()
        return frame, end

    def _first(self, data: bytes, start: int) -> int:
        match = _LEADING.match(data, start)
        begin = match.end() if match else start
        self._spaces += begin - start
        if self._spaces > self._max_bytes:
            raise MessageTooLargeError("The message is larger than allowed.")
        if begin < len(data):
            if data[begin] != _OPEN_OBJECT:
                raise BadMessageError("A JSON object was expected.")
            self._spaces = 0
        return begin

    def _scan(self, data: bytes, position: int) -> int:
        """Position after the object's last byte, or -1."""
        size = len(data)
        while position < size:
            if self._in_string:
                position = self._scan_string(data, position)
                continue
            found = _STRUCTURE.search(data, position)
            if found is None:
                return -1
            position = found.end()
            if self._structure(data[position - 1]):
                return position
        return -1

    def _scan_string(self, data: bytes, position: int) -> int:
        if self._escaped:
            self._escaped = False
            position += 1
        body = _STRING_BODY.match(data, position)
        position = body.end() if body else position
        if position < len(data):
            if data[position] == _QUOTE:
                self._in_string = False
            else:
                self._escaped = True
            position += 1
        return position

    def _structure(self, char: int) -> bool:
        """Account for one structural byte; True when it ends the object."""
        self._tokens += 1
        if self._tokens > self._max_tokens:
            raise BadMessageError("The message has too many members.")
        if char == _QUOTE:
            self._in_string = True
        elif char in _OPENING:
            self._depth += 1
            if self._depth > self._max_depth:
                raise BadMessageError("The message is nested too deeply.")
        else:
            self._depth -= 1
            return self._depth == 0
        return False
