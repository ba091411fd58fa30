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
from node.wallet.keystore import decrypt_keystore
from node.wallet.secret_box import ScryptCost
from node.wallet.vault import Safekeeping, Vault
from node.wallet.wallet_file import Protection, WalletFile, WalletFolder
from tests.unit.wallet.folders import contents

ROOT = Path(__file__).parents[3]
CHEAP = ScryptCost(n=2, r=8, p=1)
PASSWORD = "correct horse battery"
OLD_KEY, NEW_KEY = "11" * 32, "22" * 32
CHILD = f"""
import asyncio, sys
from pathlib import Path
from node.core.clock import FakeClock
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
    ("fault", "key"), [("wallet.save.before", OLD_KEY), ("wallet.save.after", NEW_KEY)]
)
async def test_replacement_cut_short_keeps_a_wallet_that_opens(
    tmp_path: Path, fault: str, key: str
) -> None:
    vault = Vault(tmp_path, FakeClock(), cost=CHEAP)
    await vault.import_private_key(OLD_KEY, Safekeeping(password=PASSWORD))
    assert await asyncio.to_thread(run_child, tmp_path, fault) == -signal.SIGKILL
    files = contents(tmp_path)
    assert (await decrypt_keystore(files["wallet.json"], PASSWORD)).hex() == key
    assert (await decrypt_keystore(files["replaced-1.json"], PASSWORD)).hex() == OLD_KEY
    again = Vault(tmp_path, FakeClock(), cost=CHEAP)
    await again.open()
    assert (await again.unlock(PASSWORD)).address is not None


async def test_every_member_survives_the_file(tmp_path: Path) -> None:
    vault = Vault(tmp_path, FakeClock(), cost=CHEAP)
    await vault.create(12, Safekeeping(password=PASSWORD, keep_phrase=True))
    wallet = WalletFolder(tmp_path).load()
    assert wallet is not None
    assert wallet.protection is Protection.PASSWORD
    assert wallet.path == "m/44'/60'/0'/0/0"
    assert wallet.created_at == FakeClock().unix_seconds()
    assert wallet.phrase_box is not None
    assert WalletFile.from_bytes(wallet.to_bytes()) == wallet
