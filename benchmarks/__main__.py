"""Command line: `python -m benchmarks [--json] [--only NAME] [--quick]`."""

import argparse
import datetime
import importlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.rows import Row, Scale

SUBJECTS = {
    "crypto": "benchmarks.crypto",
    "chain": "benchmarks.chain_path",
    "crowd": "benchmarks.crowd",
    "start": "benchmarks.startup",
    "sessions": "benchmarks.sessions",
    "bids": "benchmarks.rated_bids",
    "view": "benchmarks.chat_view",
}


def measure(subject: str, scale: Scale) -> Iterator[Row]:
    """Rows of one subject, each as soon as it is measured."""
    yield from importlib.import_module(SUBJECTS[subject]).run(scale)


def machine() -> dict[str, Any]:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_before": round(load, 2),
    }


def processor() -> str:
    """Name of the processor where the system tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 - not a real file
            names = [line.partition(":")[2] for line in file if line.startswith("model name")]
    except OSError:
        return platform.processor()
    return names[0].strip() if names else platform.processor()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument("--markdown", action="store_true", help="print a table for a document")
    parser.add_argument("--only", action="append", choices=sorted(SUBJECTS), help="one subject")
    parser.add_argument("--quick", action="store_true", help="try the measuring, not the program")
    parser.add_argument("--repeat", type=int, default=1, help="multiply the work of each figure")
    return parser


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    scale = Scale(quick=options.quick, repeat=options.repeat)
    live = not (options.json or options.markdown)
    about, rows, began = machine(), [], time.monotonic()
    if live:
        print(" · ".join(f"{name} {value}" for name, value in about.items()))
    for subject in options.only or SUBJECTS:
        if live:
            print(f"\n{subject}")
        for row in measure(subject, scale):
            rows.append((subject, row))
            if live:
                print(_line(row), flush=True)
    about["seconds"] = round(time.monotonic() - began)
    if options.json:
        found = [row.as_json(subject) for subject, row in rows]
        print(json.dumps({"machine": about, "rows": found}, ensure_ascii=False, indent=1))
    elif options.markdown:
        print(_table(about, [row for _, row in rows]))
    return 0


def _line(row: Row) -> str:
    name, value, target, met, note = row.as_cells()
    return f"  {name:<52} {value:>16}  {target:<16} {met:<4} {note}".rstrip()


def _table(about: dict[str, Any], rows: list[Row]) -> str:
    lines = [f"- {name.replace('_', ' ')}: {value}" for name, value in about.items()]
    head = ["", "| Figure | Reached | Target | Met | Note |", "|---|---|---|---|---|"]
    cells = [f"| {' | '.join(row.as_cells())} |" for row in rows]
    return "\n".join([*lines, *head, *cells])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
