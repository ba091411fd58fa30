"""The Solidity compiler of the demo contracts: with node at hand, a test compiles them again."""

import shutil
import subprocess

from devtools.console import ROOT, say

_FOLDER = ROOT / "packaging" / "contracts"
_PATIENCE_S = 180


def ensure_solidity_compiler() -> None:
    """Install the pinned compiler where npm is; without it that test skips and tells why."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None or (_FOLDER / "node_modules" / "solc").exists():
        return
    say("Installing the Solidity compiler (once; a test compares the demo contracts with it)")
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        done = subprocess.run(
            [*command, "--fetch-retries=1"],
            cwd=_FOLDER,
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        say("npm took too long: the contracts are not compiled again.")
        return
    if done.returncode:
        say("npm could not install it: the contracts are not compiled again.")
