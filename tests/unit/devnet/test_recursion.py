"""Opening the demo chain does not open the process to deeply nested JSON."""

import subprocess
import sys

CODE = """
import json, sys, threading
import node.devnet.chain
depth = 90_000
def parse():
    try:
        json.loads("[" * depth + "]" * depth)
    except RecursionError:
        print("refused", flush=True)
thread = threading.Thread(target=parse)
thread.start()
thread.join()
print(sys.getrecursionlimit() < 20_000)
"""


def test_the_chains_libraries_do_not_take_the_guard_off_the_stack() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.split() == ["refused", "True"], done.stderr
    assert done.returncode == 0
