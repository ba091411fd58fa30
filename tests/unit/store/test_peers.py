"""Keys of peers on a real file."""

from pathlib import Path

from node.core.clock import FakeClock
from node.core.ids import Address
from node.store.journal import journal_database
from node.store.peers import PeerKeys

ADDRESS = Address(b"\x01" * 20)
KEY, OTHER_KEY = b"\x04" + b"\x01" * 64, b"\x04" + b"\x02" * 64


async def test_keys_of_providers_and_users_are_remembered(tmp_path: Path) -> None:
    clock = FakeClock()
    async with journal_database(tmp_path / "journal.db") as database:
        peers = PeerKeys(database, clock)
        assert await peers.provider(ADDRESS) is None
        assert await peers.user(ADDRESS) is None
        await peers.put_provider(ADDRESS, KEY, "host:3333")
        await peers.put_user(ADDRESS, KEY)
        clock.advance(60)
        await peers.put_provider(ADDRESS, OTHER_KEY, "new.host:3333")
        await peers.put_user(ADDRESS, OTHER_KEY)
    async with journal_database(tmp_path / "journal.db") as database:
        peers = PeerKeys(database, clock)
        found = await peers.provider(ADDRESS)
        assert found is not None
        assert (found.address, found.public_key) == (ADDRESS, OTHER_KEY)
        assert (found.endpoint, found.seen_at) == ("new.host:3333", clock.unix_seconds())
        assert await peers.user(ADDRESS) == OTHER_KEY
