"""What is taken out of a support report, and how often it was found."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from node.core.redaction import redact_text, redact_value
from node.service.dto import Redaction

_LONG_HEX = re.compile(r"(?<![0-9a-fA-F])(?:0x)?[0-9a-fA-F]{64,}(?![0-9a-fA-F])")
_ADDRESS = re.compile(r"(?<![0-9a-fA-F])(?:0x)?[0-9a-fA-F]{40}(?![0-9a-fA-F])")
_HOMES = re.compile(r"(?:/home/|/Users/|[A-Za-z]:\\Users\\)[^/\\\s:\"']+")
_AMOUNT = re.compile(r"(?<![\w.])\d[\d.,']*\d?(?= ?(?:MOR|ETH|wei)\b)")
_REMOVED = re.compile(r"removed\]|/…")


class ReportCleaner:
    """Cleans all texts of one report. The same id becomes the same number everywhere in it, so
    that what belongs together can still be followed; the numbers mean nothing elsewhere.

    `folders` are shown by their names instead of where they lie.
    """

    def __init__(self, folders: Mapping[str, Path], *, addresses: bool) -> None:
        self._keep_addresses = addresses
        places = {str(path): f"<{name}>" for name, path in folders.items()}
        places.setdefault(str(Path.home()), "~")
        # The longest first: folders lie in one another.
        self._places = sorted(places.items(), key=lambda item: -len(item[0]))
        self._numbers: dict[str, dict[str, int]] = {"id": {}, "address": {}}
        self._counts: Counter[str] = Counter()

    def text(self, text: str) -> str:
        """Each line as it may leave this computer."""
        return "\n".join(self._line(line) for line in text.split("\n"))

    def value(self, name: str, value: Any) -> Any:
        """A value of JSON below the member `name`."""
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(str(key), item) for key, item in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return [self.value(name, item) for item in value]
        if isinstance(value, str):
            return self.text(str(redact_value(name, self._numbered(value))))
        return value

    def redactions(self) -> tuple[Redaction, ...]:
        """What is not in the report, with the number of places for what was found."""
        return (
            Redaction(
                what="Keys, recovery phrases, passwords, tokens",
                how="never read for the report; what looks like one is removed",
                count=self._counts["secret"],
            ),
            Redaction(what="Messages, answers, titles of chats, attachments", how="never read"),
            Redaction(
                what="Addresses of wallets and contracts",
                how="kept, as you asked" if self._keep_addresses else "replaced by numbers",
                count=self._counts["address"],
            ),
            Redaction(
                what="Ids of transactions, sessions, models and offers",
                how="replaced by numbers",
                count=self._counts["id"],
            ),
            Redaction(
                what="Amounts of MOR and ETH",
                how="removed from findings and log lines",
                count=self._counts["amount"],
            ),
            Redaction(
                what="Where your folders lie, and your user name in them",
                how="replaced by their names",
                count=self._counts["folder"],
            ),
            Redaction(
                what="Addresses of servers", how="host and port only, without keys and paths"
            ),
        )

    def _line(self, line: str) -> str:
        line = self._numbered(self._without_places(line))
        line = _AMOUNT.sub(lambda _: self._counted("amount", "[amount]"), line)
        before = len(_REMOVED.findall(line))
        cleaned = redact_text(line)
        self._counts["secret"] += max(0, len(_REMOVED.findall(cleaned)) - before)
        return cleaned

    def _without_places(self, line: str) -> str:
        for place, name in self._places:
            if len(place) > 1:
                self._counts["folder"] += line.count(place)
                line = line.replace(place, name)
        return _HOMES.sub(lambda _: self._counted("folder", "~"), line)

    def _numbered(self, line: str) -> str:
        line = _LONG_HEX.sub(lambda found: self._number("id", found[0]), line)
        if self._keep_addresses:
            self._counts["address"] += len(_ADDRESS.findall(line))
            return line
        return _ADDRESS.sub(lambda found: self._number("address", found[0]), line)

    def _number(self, kind: str, found: str) -> str:
        numbers = self._numbers[kind]
        number = numbers.setdefault(found.lower().removeprefix("0x"), len(numbers) + 1)
        return self._counted(kind, f"[{kind} {number}]")

    def _counted(self, kind: str, text: str) -> str:
        self._counts[kind] += 1
        return text
