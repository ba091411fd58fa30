"""`mor-cli` in a process whose clock a test moves: hours pass in no time, or the clock is wrong.

The file named by `CLOCK_FILE` holds the seconds that are added to the computer's time.
"""

import os
from pathlib import Path

from node.core.clock import SystemClock
from node.core.units import UnixMillis

CLOCK_FILE = "TEST_CLOCK_FILE"


def set_clock(file: Path, ahead_s: int) -> None:
    """Let every process that follows `file` believe that it is `ahead_s` seconds later."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(ahead_s), "ascii")
    fresh.replace(file)


def _follow(file: Path) -> None:
    real = SystemClock.unix_millis

    def moved(clock: SystemClock) -> UnixMillis:
        return UnixMillis(real(clock) + 1000 * int(file.read_text("ascii")))

    SystemClock.unix_millis = moved  # type: ignore[method-assign]


def main() -> None:
    from node.cli.main import main as command_line

    _follow(Path(os.environ[CLOCK_FILE]))
    command_line()


if __name__ == "__main__":
    main()
