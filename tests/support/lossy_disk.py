"""A disk that forgets what nobody told it to keep.

`DiskLog` writes down what a program does to the files below one folder, while the real thing
happens. `disks_after_cuts` then makes the folders that a power cut could leave: after each step,
and for each with nothing, with all and with some of what was not yet synced.

The model is stricter than common file systems: contents are safe after `fsync` of the file, names
after `fsync` of their folder, a rename happens whole or not at all.
"""

import os
import random
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Step = tuple[Any, ...]
SEEDS = 5


@dataclass
class DiskLog:
    """Steps in their order. Files are numbers, as on the disk; `names` is what was there before."""

    root: Path
    names: dict[Path, int] = field(default_factory=dict)
    contents: dict[int, bytes] = field(default_factory=dict)
    folders: set[Path] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    _now: dict[Path, int] = field(default_factory=dict)
    _open: dict[int, int | Path] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path) -> "DiskLog":
        log = cls(root=root)
        for path in sorted(root.rglob("*")):
            if path.is_dir():
                log.folders.add(path)
            else:
                log.names[path] = len(log.names)
                log.contents[log.names[path]] = path.read_bytes()
        log._now = dict(log.names)
        return log

    @contextmanager
    def recording(self) -> Generator[None, None, None]:
        """All file calls of this process go through the log until the end of the block."""
        with pytest.MonkeyPatch.context() as patch:
            real = {name: getattr(os, name) for name in ("open", "write", "fsync", "close")}
            patch.setattr(os, "open", self._opener(real["open"]))
            patch.setattr(os, "write", self._writer(real["write"]))
            patch.setattr(os, "fsync", self._syncer(real["fsync"]))
            patch.setattr(os, "close", self._closer(real["close"]))
            for name in ("rename", "replace"):
                patch.setattr(os, name, self._renamer(getattr(os, name)))
            patch.setattr(os, "unlink", self._unlinker(os.unlink))
            patch.setattr(os, "mkdir", self._maker(os.mkdir))
            yield

    def _inside(self, path: Any) -> Path | None:
        if isinstance(path, int):
            return None
        found = Path(os.fsdecode(path)).absolute()
        return found if found.is_relative_to(self.root) else None

    def _opener(self, real: Any) -> Any:
        def opened(path: Any, flags: int, *more: Any, **named: Any) -> int:
            handle: int = real(path, flags, *more, **named)
            found = self._inside(path)
            if found is not None and found.is_dir():
                self._open[handle] = found
            elif found is not None:
                if found not in self._now:
                    self._now[found] = len(self.names) + len(self.steps)
                    self.steps.append(("create", found, self._now[found]))
                elif flags & os.O_TRUNC:
                    self.steps.append(("truncate", self._now[found]))
                self._open[handle] = self._now[found]
            return handle

        return opened

    def _writer(self, real: Any) -> Any:
        def write(handle: int, content: Any) -> int:
            size: int = real(handle, content)
            file = self._open.get(handle)
            if isinstance(file, int):
                self.steps.append(("write", file, bytes(content)[:size]))
            return size

        return write

    def _syncer(self, real: Any) -> Any:
        def sync(handle: int) -> None:
            real(handle)
            if handle in self._open:
                self.steps.append(("sync", self._open[handle]))

        return sync

    def _closer(self, real: Any) -> Any:
        def close(handle: int) -> None:
            self._open.pop(handle, None)
            real(handle)

        return close

    def _renamer(self, real: Any) -> Any:
        def rename(source: Any, target: Any, **more: Any) -> None:
            real(source, target, **more)
            old, new = self._inside(source), self._inside(target)
            if old is not None and new is not None:
                self._now[new] = self._now.pop(old)
                self.steps.append(("rename", old, new))

        return rename

    def _unlinker(self, real: Any) -> Any:
        def unlink(path: Any, **more: Any) -> None:
            real(path, **more)
            found = self._inside(path)
            if found is not None:
                del self._now[found]
                self.steps.append(("unlink", found))

        return unlink

    def _maker(self, real: Any) -> Any:
        def mkdir(path: Any, *more: Any, **named: Any) -> None:
            real(path, *more, **named)
            found = self._inside(path)
            if found is not None:
                self.steps.append(("mkdir", found))

        return mkdir


class Disk:
    """What is safe, and what only the memory of the computer knows."""

    def __init__(self, log: DiskLog, steps: Sequence[Step]) -> None:
        self._names, self._folders = dict(log.names), set(log.folders)
        self._contents = dict(log.contents)
        self._data: dict[int, list[Step]] = {}
        self._entries: list[Step] = []
        for step in steps:
            self._do(step)

    def _do(self, step: Step) -> None:
        what, subject = step[0], step[1]
        if what in ("write", "truncate"):
            self._data.setdefault(subject, []).append(step)
        elif what != "sync":
            self._entries.append(step)
            if what == "create":
                self._contents.setdefault(step[2], b"")
        elif isinstance(subject, int):
            for change in self._data.pop(subject, []):
                self._change(change)
        else:
            mine = [entry for entry in self._entries if subject in _folders_of(entry)]
            self._entries = [entry for entry in self._entries if entry not in mine]
            for entry in mine:
                self._enter(entry)

    def _change(self, change: Step) -> None:
        """Contents are appended only: nothing seeks."""
        file = change[1]
        old = b"" if change[0] == "truncate" else self._contents.get(file, b"")
        self._contents[file] = old + (change[2] if change[0] == "write" else b"")

    def _enter(self, entry: Step) -> None:
        what, path = entry[0], entry[1]
        if what == "mkdir":
            self._folders.add(path)
        elif what == "create":
            self._names[path] = entry[2]
        elif what == "unlink":
            self._names.pop(path, None)
        elif path in self._names:
            self._names[entry[2]] = self._names.pop(path)

    def cut(self, seed: int) -> None:
        """Of what was not synced nothing (0), all (1), the names without their contents (2) or
        some (others) gets through."""
        chance = random.Random(seed)
        for file, changes in list(self._data.items()):
            through = {0: 0, 1: len(changes), 2: 0}.get(seed, chance.randrange(len(changes) + 1))
            for change in changes[:through]:
                self._change(change)
            if seed > 2 and changes[through:] and changes[through][0] == "write":
                torn = changes[through][2]
                self._change(("write", file, torn[: chance.randrange(len(torn) + 1)]))
        number = len(self._entries)
        kept = {0: 0, 1: number, 2: number}.get(seed, chance.randint(0, number))
        for entry in self._entries[:kept]:
            self._enter(entry)

    @property
    def state(self) -> str:
        """Equal for disks on which the same is found."""
        files = {path: self._contents[file] for path, file in self._names.items()}
        return repr((sorted(files.items()), sorted(self._folders)))

    def write(self, log: DiskLog, target: Path) -> None:
        """As it would be found afterwards; what lies in a folder that is not there, is not."""
        target.mkdir(parents=True)
        for folder in sorted(self._folders):
            if folder.parent == log.root or folder.parent in self._folders:
                (target / folder.relative_to(log.root)).mkdir(parents=True)
        for path, file in self._names.items():
            place = target / path.relative_to(log.root)
            if place.parent.is_dir():
                place.write_bytes(self._contents[file])
                place.chmod(0o600)


def _folders_of(entry: Step) -> set[Path]:
    """Folders whose sync makes the entry safe. A move is safe with the folder it went to."""
    return {entry[2].parent} if entry[0] == "rename" else {entry[1].parent}


def disks_after_cuts(log: DiskLog, folder: Path) -> Iterator[tuple[bool, Path]]:
    """What each cut leaves, from before the first step to after the last (then True comes with
    it). Cuts that leave the same come once."""
    seen: set[tuple[bool, str]] = set()
    for number in range(len(log.steps) + 1):
        for seed in range(SEEDS):
            disk = Disk(log, log.steps[:number])
            disk.cut(seed if seed < 3 else 1000 * number + seed)
            is_last = number == len(log.steps)
            if (is_last, disk.state) not in seen:
                seen.add((is_last, disk.state))
                target = folder / f"{number}-{seed}"
                disk.write(log, target)
                yield is_last, target
