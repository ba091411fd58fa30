"""What of a recorded answer ours lacks, member by member; of streams, byte by byte."""

import json
import re
from typing import Any

from tests.replay.player import Answer

VOLATILE = {
    # times and what the chain computes from them
    "CreatedAt",
    "OpenedAt",
    "EndsAt",
    "ClosedAt",
    "DeletedAt",
    "createdAt",
    "promptAt",
    "responseAt",
    "timestamp",
    "uptime",
    "block",
    "supply",
    "budget",
    "CloseoutReceipt",
    "ProviderWithdrawnAmount",
    # fees paid, fresh keys and signatures
    "tx",
    "eth",
    "approval",
    "approvalSig",
    "version",
    "Version",
    "Commit",
    "ping",
    # where this run lives
    "path",
    "EthNodeURLs",
}
"""Members of which only the kind is compared."""
ADDED = re.compile(r"hint|code|\w+Str|HasError")
"""Members that ours may have more."""
_STREAM = "text/event-stream"


def differences(expected: Answer, found: Answer) -> list[str]:
    """Empty when a client of the recorded node could not tell ours from it."""
    if expected.status != found.status:
        return [f"status {expected.status} is {found.status}"]
    kind, other = _plain(expected.content_type), _plain(found.content_type)
    problems = [f"content type {kind} is {other}"] if kind != other else []
    if kind == _STREAM or not _is_json(expected.body):
        same = expected.body == found.body
        return problems if same else [*problems, _first_difference(expected.body, found.body)]
    if not _is_json(found.body):
        return [*problems, f"no JSON: {found.body[:80]!r}"]
    return problems + _compare(json.loads(expected.body), json.loads(found.body), "")


def _plain(content_type: str) -> str:
    """Without parameters: `charset` says nothing for JSON and nothing new for ASCII text."""
    return content_type.partition(";")[0].strip()


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _compare(expected: Any, found: Any, where: str) -> list[str]:
    if type(expected) is not type(found):
        return [f"{where}: {type(expected).__name__} is {type(found).__name__}"]
    if isinstance(expected, dict):
        return _compare_objects(expected, found, where)
    if isinstance(expected, list):
        if len(expected) != len(found):
            return [f"{where}: {len(expected)} items are {len(found)}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [text for at, (a, b) in pairs for text in _compare(a, b, f"{where}[{at}]")]
    return [] if expected == found else [f"{where}: {expected!r} is {found!r}"]


def _compare_objects(expected: dict[str, Any], found: dict[str, Any], where: str) -> list[str]:
    problems = [f"{where}.{name} is missing" for name in expected.keys() - found.keys()]
    problems += [
        f"{where}.{name} is new" for name in found.keys() - expected.keys() if not _is_added(name)
    ]
    for name in expected.keys() & found.keys():
        if name in VOLATILE:
            if type(expected[name]) is not type(found[name]):
                problems.append(f"{where}.{name} has another type")
        else:
            problems += _compare(expected[name], found[name], f"{where}.{name}")
    return sorted(problems)


def _is_added(name: str) -> bool:
    return ADDED.fullmatch(name) is not None


def _first_difference(expected: str, found: str) -> str:
    pairs = zip(expected, found, strict=False)
    at = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(expected), len(found)))
    near = slice(max(0, at - 30), at + 50)
    return f"at {at}: {expected[near]!r} is {found[near]!r}"
