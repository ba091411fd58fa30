"""A program killed without warning: what was committed is there, what was not has left no trace."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from node.core.faults import VARIABLE
from node.store.journal import SessionJournal, SessionState, TxStatus, journal_database
from tests.unit.store.records import a_tx, an_entry

ROOT = Path(__file__).parents[3]
# Each write is one commit: create, sign, send. Migration commits apart.
CHILD = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from node.store.journal import SessionJournal, SessionState, TxStatus, journal_database
from tests.unit.store.records import a_tx, an_entry

async def main():
    async with journal_database(Path(sys.argv[1])) as database:
        journal = SessionJournal(database)
        await journal.create(an_entry(state=SessionState.PROVIDER_OK))
        await journal.save_with_tx(an_entry(state=SessionState.OPEN_SIGNED), a_tx(1))
        await journal.save_with_tx(
            an_entry(state=SessionState.OPEN_SENT), a_tx(1, status=TxStatus.SENT)
        )

asyncio.run(main())
"""
# Reads commit too, but this child only writes: point and pass -> (state, transaction) left behind.
EXPECTED = {
    "store.migrate.before_commit": (None, None),
    "store.commit.before:1": (None, None),
    "store.commit.after:1": (SessionState.PROVIDER_OK, None),
    "store.commit.before:2": (SessionState.PROVIDER_OK, None),
    "store.commit.after:2": (SessionState.OPEN_SIGNED, TxStatus.SIGNED),
    "store.commit.before:3": (SessionState.OPEN_SIGNED, TxStatus.SIGNED),
    "store.commit.after:3": (SessionState.OPEN_SENT, TxStatus.SENT),
    "nowhere": (SessionState.OPEN_SENT, TxStatus.SENT),
}


def run_child(path: Path, fault: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(path)],
        cwd=ROOT,
        env={**os.environ, VARIABLE: fault, "PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    ).returncode


@pytest.mark.skipif(sys.platform == "win32", reason="exit codes of killed processes differ there")
@pytest.mark.parametrize("fault", EXPECTED)
async def test_killed_program_finds_what_it_had_committed(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "journal.db"
    code = await asyncio.to_thread(run_child, path, fault)
    assert code == (0 if fault == "nowhere" else -signal.SIGKILL)
    async with journal_database(path) as database:
        journal = SessionJournal(database)
        entry, tx = await journal.entry("intent-1"), await journal.transaction(a_tx(1).tx_hash)
        state, status = EXPECTED[fault]
        assert (entry.state if entry else None, tx.status if tx else None) == (state, status)
        if tx is not None:
            # The same bytes can be sent again under the same hash.
            assert tx.raw == a_tx(1).raw
        # The journal goes on working after the crash.
        await journal.create(an_entry("after"))
