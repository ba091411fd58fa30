"""The deviations that `docs/compatibility.md` lists: its two tables are what the tests allow."""

import re
from dataclasses import dataclass
from pathlib import Path

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"
_ROW = re.compile(r"^\| (`[^|]*`) \|([^|]*)\|([^|]*)\| ([^|]+) \|$", re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """`here` begins with our status where the table is about HTTP."""

    name: str
    recorded: str
    here: str
    reason: str

    @property
    def status(self) -> int:
        found = re.match(r"\d{3}", self.here)
        assert found is not None, f"{self.name}: no status in the column “Here”"
        return int(found[0])


def listed(heading: str) -> dict[str, Deviation]:
    """Rows of the table under `### heading`, by the names in their first column."""
    section = _PAGE.read_text("utf-8").partition(f"### {heading}\n")[2]
    section = re.split(r"^#", section, maxsplit=1, flags=re.M)[0]
    found = {}
    for names, recorded, here, reason in _ROW.findall(section):
        for name in re.findall(r"`([^`]+)`", names):
            assert name not in found, f"{name} is listed twice"
            found[name] = Deviation(
                name=name, recorded=recorded.strip(), here=here.strip(), reason=reason
            )
    return found
