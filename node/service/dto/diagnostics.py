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


class ReportFile(Dto):
    """One file of a support report, exactly as it would be handed out."""

    name: str
    title: str
    text: str


class Redaction(Dto):
    """What a report leaves out. `count`: how often it was found, None where it is never read."""

    what: str
    how: str
    count: int | None = None


class SupportReport(Dto):
    """For a look before it is saved. `name` is a proposal for the zip file and its folder."""

    name: str
    files: tuple[ReportFile, ...]
    redactions: tuple[Redaction, ...]

    @property
    def texts(self) -> dict[str, str]:
        """The files by their names."""
        return {item.name: item.text for item in self.files}
