"""What this computer offers a model: memory, cores, disk, and what a container allows of it."""

import os
from dataclasses import dataclass
from pathlib import Path

import psutil

_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """Bytes and counts, with container limits applied. `usable_cores` is at least 1."""

    ram_total: int
    ram_available: int
    physical_cores: int
    usable_cores: int


def read_hardware(cgroup: Path = _CGROUP) -> Hardware:
    """Look at the machine now: about a millisecond; missing information never raises."""
    memory = psutil.virtual_memory()
    total, available = int(memory.total), int(memory.available)
    limit = _read_number(cgroup / "memory.max")
    if limit is not None and limit < total:
        used = _read_number(cgroup / "memory.current") or 0
        total, available = limit, min(available, max(0, limit - used))
    physical = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    return Hardware(
        ram_total=total,
        ram_available=available,
        physical_cores=physical,
        usable_cores=max(1, min(physical, _allowed_cores(cgroup))),
    )


def free_disk(path: Path) -> int:
    """Free bytes for this user on the disk that holds `path` (or will hold it)."""
    for candidate in (path, *path.parents):
        if candidate.exists():
            return int(psutil.disk_usage(str(candidate)).free)
    return 0


def _allowed_cores(cgroup: Path) -> int:
    allowed = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    quota, _, period = _read_text(cgroup / "cpu.max").partition(" ")
    if quota.isdigit() and period.isdigit() and int(period) > 0:
        allowed = min(allowed, max(1, int(quota) // int(period)))
    return allowed


def _read_number(path: Path) -> int | None:
    text = _read_text(path)
    return int(text) if text.isdigit() else None


def _read_text(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
