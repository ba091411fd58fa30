"""Named points at which a test may kill this process, as a power cut would.

Armed only by the environment variable MORPHEUS_FAULT (`name` or `name:3` for the third pass) at the
start of the process. Names are literals of the program, so nothing that arrives from outside can
reach one.
"""

import os
import signal

VARIABLE = "MORPHEUS_FAULT"


class _Fault:
    """One armed point: counts its passes down to the fatal one."""

    def __init__(self, setting: str) -> None:
        name, _, passes = setting.partition(":")
        self.name = name
        self.left = int(passes) if passes.isdecimal() else 1

    def passed(self, name: str) -> None:
        if name != self.name:
            return
        self.left -= 1
        if self.left == 0:
            # Windows has no SIGKILL; its SIGTERM ends the process just as abruptly.
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


_fault = _Fault(setting) if (setting := os.environ.get(VARIABLE, "")) else None


def fault_point(name: str) -> None:
    """Do nothing, unless this process was started to die here."""
    if _fault is not None:
        _fault.passed(name)
