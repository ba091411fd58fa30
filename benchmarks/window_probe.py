"""Runs the program's window and tells when it was painted first: `python -m benchmarks.window_probe
HOME`. Prints the seconds since the process began, then goes on until it is stopped.
"""

import json
import sys
import time
from typing import Any

import psutil


def main(home: str) -> int:
    began = psutil.Process().create_time()
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    from morpheus_desktop.__main__ import main as run_program

    class FirstPaint(QApplication):
        """The program's application object, which sees each event on its way."""

        painted = False

        def notify(self, receiver: QObject, event: QEvent) -> bool:
            done = super().notify(receiver, event)
            if not self.painted and event.type() == QEvent.Type.Paint:
                self.painted = True
                print(json.dumps({"window_s": time.time() - began}), flush=True)
            return done

    import morpheus_desktop.app as program

    program_names: Any = vars(program)
    program_names["QApplication"] = FirstPaint
    return run_program(["--home", home])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
