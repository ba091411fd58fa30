"""Rows of results and the statistics behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.targets import TARGETS


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured. `quick` only shows that the measuring works; its figures mean nothing.

    `repeat` multiplies the work of each figure.
    """

    quick: bool = False
    repeat: int = 1

    def of(self, full: int, quick: int) -> int:
        return quick if self.quick else full * self.repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure; its target, if there is one, is found by the name."""

    name: str
    value: float
    unit: str
    note: str = ""

    def as_json(self, subject: str) -> dict[str, Any]:
        target = TARGETS.get(self.name)
        return {
            "subject": subject,
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "target": target.limit if target else None,
            "met": target.is_met(self.value) if target else None,
            "note": self.note,
        }

    def as_cells(self) -> tuple[str, str, str, str, str]:
        target = TARGETS.get(self.name)
        met = "" if target is None else "yes" if target.is_met(self.value) else "no"
        return (
            self.name,
            f"{self.value:,.4g} {self.unit}"
            if self.value < 1000
            else f"{self.value:,.0f} {self.unit}",
            target.text() if target else "",
            met,
            self.note,
        )


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; nearest rank."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)
