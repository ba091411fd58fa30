"""A consumer in a process of its own whose disk fails, or loses its power, during one act."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from node.core.errors import NodeError
from node.service.local import open_node
from tests.support.kill_points import Points, Record, die
from tests.support.mortal_consumer import ACTS, Life, options
from tests.support.sqlite_layer import (
    FULL,
    SYNC_FAILED,
    WRITE_FAILED,
    Images,
    Operation,
    SqliteLayer,
)

JOURNAL = frozenset({"journal.db", "journal.db-wal"})
Peril = Literal["", "power", "full", "write", "sync"]
_SEEDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the act ended: `code` and `message` of its error, both empty when it succeeded."""

    code: str
    message: str


class Disk:
    """`power`: gone at the point. `full`: from the point on until the act is over. `write`,
    `sync`: one call fails.
    """

    def __init__(self, peril: Peril, point: str) -> None:
        self._peril = peril
        self._point = point
        self._images = Images()
        self._failing = False
        self.points: Points | None = None

    def install(self) -> None:
        SqliteLayer(names=JOURNAL, watch=self._watch, images=self._images).install()

    def reached(self, point: str) -> None:
        if point != self._point:
            return
        if self._peril == "power":
            self.lose_power()
        self._failing = True

    def lose_power(self) -> None:
        self._images.cut(sum(self._point.encode()) % _SEEDS)
        die()

    def recover(self) -> None:
        self._failing = False

    def _watch(self, operation: Operation, name: str) -> int:
        if self.points is not None:
            self.points.passed(f"{operation} {name}")
        if not self._failing:
            return 0
        if self._peril == "full":
            return FULL if operation == "write" else 0
        self._failing = False
        return SYNC_FAILED if operation == "sync" else WRITE_FAILED


def live_on_bad_disk(life: Life, peril: Peril) -> None:
    """Ends by the power cut, or with the outcome of the act in `life.record`.

    Without a peril the record gets all points of the act instead.
    """
    record = Record()
    outcome = asyncio.run(_live(life, peril, record))
    if peril:
        Path(life.record).write_text(json.dumps([outcome.code, outcome.message]), "utf-8")
    else:
        record.write(Path(life.record))


async def _live(life: Life, peril: Peril, record: Record) -> Outcome:
    disk = Disk(peril, life.point)
    disk.install()
    seen: Callable[[str], None] = disk.reached if peril else record.seen
    points = Points(seen)
    disk.points = points
    outcome = Outcome(code="", message="")
    async with open_node(options(life.home, life.environment)) as node:
        try:
            await ACTS[life.act](node, life, points)
        except NodeError as error:
            outcome = Outcome(code=error.code, message=error.message)
        if peril == "power":
            disk.lose_power()
        disk.recover()
        # The same process writes again as soon as there is space again.
        await node.wallet.save_contact(life.recipient, "after the fault")
    return outcome
