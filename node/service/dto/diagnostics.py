"""Chain servers and log lines, for people who look for a fault."""

from typing import Literal

from node.service.dto.base import Dto


class ChainEndpoint(Dto):
    """One chain server. `name` is its host; access keys of its address are never shown.

    `state` is `ready`, `untried`, or why it is left alone for `rest_s` seconds. `lag` is in blocks
    behind the highest known; None where unknown, as are latency and height. `error_permille` is
    the share of failures among its last 50 requests.
    """

    name: str
    state: Literal[
        "untried", "ready", "failing", "rate_limited", "behind", "disagrees", "wrong_chain"
    ]
    in_use: bool
    latency_ms: int | None
    error_permille: int
    height: int | None
    lag: int | None
    chain_id: int | None
    reason: str
    rest_s: float


class LogLine(Dto):
    """One line of the log after redaction. `at` is Unix milliseconds; `fields` are sorted."""

    at_ms: int
    level: Literal["debug", "info", "warning", "error"]
    area: str
    text: str
    fields: dict[str, str]
