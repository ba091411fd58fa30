"""The wallet file: nothing lost when the program is killed while it is replaced."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from node.core.clock import FakeClock
from node.core.faults import VARIABLE
from node.wallet.account_folder import AccountFolder
from node.wallet.keystore import decrypt_keystore
from node.wallet.secret_box import ScryptCost
from node.wallet.vault import Safekeeping, Vault
from node.wallet.wallet_file import Protection, WalletFile
from tests.unit.wallet.folders import contents

ROOT = Path(__file__).parents[3]
CHEAP = ScryptCost(n=2, r=8, p=1)
PASSWORD = "correct horse battery"
OLD_KEY, NEW_KEY = "11" * 32, "22" * 32
CHILD = f"""
import asyncio, sys
from pathlib import Path
from node.core.clock import FakeClock
from node.wallet.account_folder import AccountFolder
from node.wallet.secret_box import ScryptCost
from node.wallet.vault import Safekeeping, Vault

async def main():
    vault = Vault(Path(sys.argv[1]), FakeClock(), cost=ScryptCost(n=2, r=8, p=1))
    await vault.open()
    keep = Safekeeping(password={PASSWORD!r}, replace=True)
    await vault.import_private_key("{NEW_KEY}", keep)

asyncio.run(main())
"""


def run_child(folder: Path, fault: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(folder)],
        cwd=ROOT,
        env={**os.environ, VARIABLE: fault, "PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    ).returncode


@pytest.mark.skipif(sys.platform == "win32", reason="exit codes of killed processes differ there")
@pytest.mark.parametrize(
    ("fault", "used"),
    [
        ("wallet.save.before", OLD_KEY),
        ("wallet.save.after", OLD_KEY),
        ("wallet.select.before", OLD_KEY),
        ("wallet.select.after", NEW_KEY),
        ("wallet.remove.before", NEW_KEY),
        ("wallet.remove.copied", NEW_KEY),
    ],
)
async def test_replacement_cut_short_loses_no_key(tmp_path: Path, fault: str, used: str) -> None:
    vault = Vault(tmp_path, FakeClock(), cost=CHEAP)
    await vault.import_private_key(OLD_KEY, Safekeeping(password=PASSWORD))
    assert await asyncio.to_thread(run_child, tmp_path, fault) == -signal.SIGKILL
    again = Vault(tmp_path, FakeClock(), cost=CHEAP)
    assert (await again.open()).damaged == ()
    assert (await again.reveal_key(PASSWORD)).hex() == used
    kept = {
        (await decrypt_keystore(content, PASSWORD)).hex()
        for name, content in contents(tmp_path).items()
        if name.endswith(".json")
    }
    assert OLD_KEY in kept


async def test_every_member_survives_the_file(tmp_path: Path) -> None:
    vault = Vault(tmp_path, FakeClock(), cost=CHEAP)
    await vault.create(12, Safekeeping(password=PASSWORD, keep_phrase=True))
    (wallet,) = AccountFolder(tmp_path).load().files.values()
    assert wallet.protection is Protection.PASSWORD
    assert wallet.path == "m/44'/60'/0'/0/0"
    assert wallet.created_at == FakeClock().unix_seconds()
    assert wallet.phrase_box is not None
    assert WalletFile.from_bytes(wallet.to_bytes()) == wallet
