"""Accounts through the facade: listed with amounts, scanned, chosen, removed, on a real chain."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from node.core.clock import FakeClock
from node.core.errors import (
    InvalidAddressError,
    InvalidMnemonicError,
    NoWalletError,
    RpcUnavailableError,
    SessionError,
    UserInputError,
    WatchOnlyError,
)
from node.core.events import WalletChanged
from node.core.ids import Address
from node.core.settings import NodeSettings, OwnNetwork
from node.core.units import Eth, Mor
from node.devnet.accounts import CONSUMER
from node.service.dto import (
    AddAccount,
    CreateWallet,
    ImportWallet,
    RevealRequest,
    ScanRequest,
)
from node.service.local import LocalNode
from node.service.stack import StackHolder
from node.service.vaults import VaultDesk
from node.service.wallet_accounts import WalletAccounts
from node.store.journal import SessionJournal, SessionState, journal_database
from node.wallet.peer_keychain import PeerKeychain
from node.wallet.secret_box import ScryptCost
from node.wallet.vault import Vault
from tests.support.stacks import DemoStack, open_demo_stack
from tests.unit.store.records import an_entry
from tests.unit.wallet.stores import DictStore
from tests.unit.wallet.vaults import FIRST, JUNK, KEY, KEY_ADDRESS, PASSWORD, SECOND, STRANGER

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
SECRET = SecretStr(PASSWORD)
PHRASE = SecretStr(JUNK)
POOR = SecretStr("legal winner thank year wave sausage worth useful legal winner thank yellow")
FUNDED = "0x603049dcd328D58c9053eBE34F1692c0fac683f8"
"""Account 6 of the poor phrase, to which the fixture sends something."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path_factory.mktemp("accounts")) as opened:
        stack = opened.stack
        target = Address.parse(FUNDED)
        await stack.sender.send_alone(stack.chain.calls.send_mor(target, Mor(5)))
        await stack.sender.send_alone(stack.chain.calls.send_eth(target, Eth(7)))
        yield opened


def accounts_of(folder: Path, stacks: StackHolder, peer: DictStore | None = None) -> WalletAccounts:
    vault = Vault(folder, FakeClock(), cost=ScryptCost(n=2, r=8, p=1))
    desk = VaultDesk(vault, PeerKeychain(lambda: peer))
    journal = SessionJournal(journal_database(folder / "journal.db"))
    if stacks.current is not None:
        journal = stacks.current.wallet.journal
    return WalletAccounts(stacks=stacks, vaults=desk, journal=journal)


def on_chain(demo: DemoStack) -> StackHolder:
    holder = StackHolder()
    holder.replace(replace(demo.stack, memory_wallet=False))
    return holder


def imported(**changes: object) -> ImportWallet:
    return ImportWallet(
        **{"phrase": PHRASE, "password": SECRET, "keep_phrase": True, **changes}  # type: ignore[arg-type]
    )


async def test_a_scan_goes_on_until_five_are_empty(demo: DemoStack, tmp_path: Path) -> None:
    wallet = accounts_of(tmp_path, on_chain(demo))
    found = await wallet.scan(ScanRequest(phrase=POOR, first=3, count=0))
    assert [row.index for row in found] == list(range(3, 12))
    funded = found[3]
    assert (funded.address, funded.mor, funded.eth_wei) == (FUNDED, 5, 7)
    assert all((row.mor, row.eth_wei, row.known) == (0, 0, False) for row in found[4:])


@pytest.mark.parametrize(
    ("style", "path", "paths"),
    [
        ("standard", "", ["m/44'/60'/0'/0/0", "m/44'/60'/0'/0/1"]),
        ("ledger", "", ["m/44'/60'/0'/0/0", "m/44'/60'/1'/0/0"]),
        ("custom", "m/44'/60'/0'/i", ["m/44'/60'/0'/0", "m/44'/60'/0'/1"]),
    ],
)
async def test_a_scan_by_style(
    demo: DemoStack, tmp_path: Path, style: str, path: str, paths: list[str]
) -> None:
    wallet = accounts_of(tmp_path, on_chain(demo))
    request = ScanRequest(phrase=PHRASE, style=style, path=path, count=2)  # type: ignore[arg-type]
    assert [row.path for row in await wallet.scan(request)] == paths


async def test_a_kept_phrase_is_scanned_with_the_password(demo: DemoStack, tmp_path: Path) -> None:
    wallet = accounts_of(tmp_path, on_chain(demo))
    status = await wallet.import_(imported())
    found = await wallet.scan(ScanRequest(group=status.group, password=SECRET, count=2))
    assert [(row.address, row.known) for row in found] == [
        (FIRST.checksum, True),
        (SECOND.checksum, False),
    ]
    for bad in (
        ScanRequest(phrase=SecretStr("one two three")),
        ScanRequest(phrase=PHRASE, count=101),
        ScanRequest(phrase=PHRASE, first=-1),
        ScanRequest(phrase=PHRASE, style="custom", path="m/x"),
    ):
        with pytest.raises((InvalidMnemonicError, UserInputError)):
            await wallet.scan(bad)


async def test_accounts_with_what_they_hold(demo: DemoStack, tmp_path: Path) -> None:
    wallet = accounts_of(tmp_path, on_chain(demo))
    await wallet.import_(imported(phrase=POOR, path="6"))
    await wallet.watch(demo.stack.wallet.address.checksum, "Demo")
    plain = await wallet.accounts()
    assert [(item.mor, item.eth_wei) for item in plain] == [(None, None)] * 2
    found = {item.kind: item for item in await wallet.accounts(balances=True)}
    mine, watched = found["phrase"], found["watch"]
    assert (mine.address, mine.mor, mine.eth_wei, mine.active) == (FUNDED, 5, 7, True)
    truth = await demo.stack.chain.market.balances(demo.stack.wallet.address)
    assert (watched.mor, watched.eth_wei) == (truth.mor.base, truth.eth.base)
    assert not watched.active


async def test_without_a_chain_amounts_are_unknown(
    demo: DemoStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet = accounts_of(tmp_path, StackHolder())
    await wallet.import_(imported())
    assert (await wallet.accounts(balances=True))[0].mor is None
    rows = await wallet.scan(ScanRequest(phrase=PHRASE, count=0))
    assert [row.mor for row in rows] == [None] * 10

    async def unreachable(*_: object) -> None:
        raise RpcUnavailableError("No connection.")

    holder = on_chain(demo)
    monkeypatch.setattr(type(demo.stack.chain.market), "holdings", unreachable)
    journal = demo.stack.wallet.journal
    offline = WalletAccounts(stacks=holder, vaults=wallet._vaults, journal=journal)
    assert (await offline.accounts(balances=True))[0].mor is None


async def test_many_amounts_are_read_in_one_request(demo: DemoStack) -> None:
    asked: list[str] = []
    rpc, market = demo.stack.rpc, demo.stack.chain.market
    owners = [Address(bytes([number]) * 20) for number in range(1, 30)]
    original = type(rpc).request

    async def counted(self: object, method: str, params: object) -> object:
        asked.append(method)
        return await original(self, method, params)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(rpc), "request", counted)
        found = await market.holdings([*owners, Address.parse(FUNDED)])
    assert found[Address.parse(FUNDED)] == (Mor(5), Eth(7))
    assert len(found) == 30
    assert asked.count("eth_call") == 1


async def test_choosing_another_account_wakes_the_node(demo: DemoStack, tmp_path: Path) -> None:
    wallet = accounts_of(tmp_path, on_chain(demo))
    status = await wallet.import_(imported())
    added = await wallet.add_account(AddAccount(group=status.group, password=SECRET, label="Two"))
    assert (added.address, added.label, added.active) == (SECOND.checksum, "Two", False)
    with demo.stack.wallet.bus.subscribe() as events:
        chosen = await wallet.select_account(SECOND.checksum)
        while not isinstance(await asyncio.wait_for(events.get(), 5), WalletChanged):
            pass
    assert (chosen.address, chosen.locked, chosen.label) == (SECOND.checksum, True, "Two")
    assert not (await wallet.select_account(FIRST.checksum, SECRET)).locked


async def test_an_account_is_removed_with_a_typed_word(demo: DemoStack, tmp_path: Path) -> None:
    wallet = accounts_of(tmp_path, on_chain(demo))
    await wallet.import_(imported())
    for typed in ("", "remove", "REMOVE "):
        with pytest.raises(UserInputError) as told:
            await wallet.remove_account(FIRST.checksum, typed)
        assert told.value.code == "input.typed_word"
    assert (await wallet.remove_account(FIRST.checksum, "REMOVE")).kind == "none"
    assert (tmp_path / "replaced-1.json").exists()
    with pytest.raises(NoWalletError):
        await wallet.remove_account(FIRST.checksum, "REMOVE")


async def test_an_account_with_open_sessions_is_not_removed(
    demo: DemoStack, tmp_path: Path
) -> None:
    wallet = accounts_of(tmp_path, on_chain(demo))
    key = demo.world.devnet.accounts[CONSUMER].private_key
    await wallet.import_(ImportWallet(private_key=SecretStr(key.hex()), password=SECRET))
    address = demo.stack.wallet.address.checksum
    entry = await demo.open()
    with pytest.raises(SessionError) as told:
        await wallet.remove_account(address, "REMOVE")
    assert told.value.code == "wallet.open_sessions"
    assert (await wallet.status()).address == address
    await demo.stack.closer.close(entry)
    assert (await wallet.remove_account(address, "REMOVE")).kind == "none"


@pytest.mark.parametrize("state", [SessionState.ACTIVE, SessionState.OPEN_SENT])
async def test_an_account_with_sessions_on_another_network_is_not_removed(
    demo: DemoStack, tmp_path: Path, state: SessionState
) -> None:
    """Whichever network is in use, also none: the journal knows them all."""
    wallet = accounts_of(tmp_path, on_chain(demo))
    await wallet.import_(imported())
    journal = demo.stack.wallet.journal
    for chain_id in (8453, 84532):
        entry = an_entry(f"{state} {chain_id}", wallet=FIRST, chain_id=chain_id)
        await journal.create(replace(entry, state=state))
    nowhere = WalletAccounts(stacks=StackHolder(), vaults=wallet._vaults, journal=journal)
    for asked in (wallet, nowhere):
        with pytest.raises(SessionError) as told:
            await asked.remove_account(FIRST.checksum, "REMOVE")
        assert told.value.code == "wallet.open_sessions"
        assert "on Base and Base Sepolia" in told.value.message
        assert "Base Sepolia" in told.value.hint
    for chain_id in (8453, 84532):
        entry = await journal.entry(f"{state} {chain_id}")
        assert entry is not None
        for step in CLOSING[state]:
            entry = replace(entry, state=step)
            await journal.save(entry)
    assert (await wallet.remove_account(FIRST.checksum, "REMOVE")).kind == "none"


async def test_a_network_of_ones_own_is_named_by_its_title(demo: DemoStack, tmp_path: Path) -> None:
    """Also on a chain that has a name: its sessions are not where that name leads."""
    wallet = accounts_of(tmp_path, on_chain(demo))
    await wallet.import_(imported())
    journal = demo.stack.wallet.journal
    entry = an_entry("own", wallet=FIRST, chain_id=8453, state=SessionState.ACTIVE)
    await journal.create(entry)
    own = OwnNetwork(
        name="my-net",
        title="My net",
        chain_id=8453,
        marketplace=entry.marketplace.checksum,
        token=STRANGER.checksum,
        rpc_urls=("https://rpc.example",),
    )
    there = WalletAccounts(
        stacks=StackHolder(),
        vaults=wallet._vaults,
        journal=journal,
        settings=lambda: NodeSettings(own_networks=(own,)),
    )
    with pytest.raises(SessionError, match="open sessions on My net;") as told:
        await there.remove_account(FIRST.checksum, "REMOVE")
    assert "choose My net" in told.value.hint
    await journal.save(replace(entry, state=SessionState.CLOSED))


CLOSING = {
    SessionState.ACTIVE: (SessionState.CLOSED,),
    SessionState.OPEN_SENT: (SessionState.FAILED,),
}


async def test_a_watched_account_shows_everything_and_signs_nothing(
    demo: DemoStack, tmp_path: Path
) -> None:
    wallet = accounts_of(tmp_path, on_chain(demo))
    with pytest.raises(InvalidAddressError):
        await wallet.watch(FIRST.checksum.swapcase().replace("0X", "0x"), "typo")
    await wallet.watch(STRANGER.checksum, "Cold")
    status = await wallet.status()
    assert (status.kind, status.watch_only, status.locked) == ("vault", True, False)
    assert (status.address, status.label) == (STRANGER.checksum, "Cold")
    with pytest.raises(WatchOnlyError):
        await wallet.unlock(PASSWORD)


async def test_the_way_of_a_new_wallet_to_its_backup(tmp_path: Path) -> None:
    wallet = accounts_of(tmp_path, StackHolder())
    created = await wallet.create(CreateWallet(password=SECRET, label="Main"))
    status = await wallet.status()
    assert (status.label, status.backed_up, status.has_phrase) == ("Main", False, True)
    words = created.phrase.get_secret_value().split()
    questions = await wallet.backup_challenge()
    answers = tuple(words[question.position - 1] for question in questions)
    assert (await wallet.confirm_backup(answers)).backed_up
    shown = await wallet.reveal(RevealRequest(what="phrase", password=SECRET))
    assert shown.text.get_secret_value().split() == words
    backup = await wallet.reveal(RevealRequest(what="backup", password=SECRET))
    assert backup.file_name == f"morpheus-backup-{created.address[2:10].lower()}.json"
    other = accounts_of(tmp_path / "other", StackHolder())
    restored = await other.import_(
        ImportWallet(backup=backup.text.get_secret_value(), keystore_password=SECRET)
    )
    assert (restored.address, restored.locked) == (created.address, False)
    assert restored.backed_up
    keystore = await wallet.reveal(RevealRequest(what="keystore", password=SECRET))
    key = await wallet.reveal(RevealRequest(what="private_key", password=SECRET))
    for given in (
        ImportWallet(
            keystore=keystore.text.get_secret_value(), keystore_password=SECRET, password=SECRET
        ),
        ImportWallet(private_key=key.text, password=SECRET),
    ):
        place = tmp_path / ("k" if given.keystore else "p")
        assert (await accounts_of(place, StackHolder()).import_(given)).address == created.address
    new = SecretStr("another good password")
    assert (await wallet.change_password(SECRET, new)).address == created.address
    assert not (await wallet.unlock("another good password")).locked


async def test_the_keys_of_a_go_node_are_taken_over_when_asked(tmp_path: Path) -> None:
    store = DictStore()
    empty = accounts_of(tmp_path / "none", StackHolder(), store)
    assert not (await empty.find_peer_wallet()).found
    with pytest.raises(NoWalletError):
        await empty.import_(ImportWallet(from_peer=True, password=SECRET))
    store.entries = {"mnemonic": JUNK, "mnemonic-derivation-path": "1"}
    wallet = accounts_of(tmp_path / "phrase", StackHolder(), store)
    found = await wallet.find_peer_wallet()
    assert (found.kind, found.address, found.path) == (
        "phrase",
        SECOND.checksum,
        "m/44'/60'/0'/0/1",
    )
    assert (await wallet.import_(ImportWallet(from_peer=True, password=SECRET))).path == found.path
    store.entries = {"private-key": KEY}
    by_key = accounts_of(tmp_path / "key", StackHolder(), store)
    assert (await by_key.find_peer_wallet()).kind == "private_key"
    status = await by_key.import_(ImportWallet(from_peer=True, password=SECRET))
    assert status.address == KEY_ADDRESS.checksum
    assert store.entries == {"private-key": KEY}


async def test_one_thing_is_imported_at_a_time(tmp_path: Path) -> None:
    wallet = accounts_of(tmp_path, StackHolder())
    for request in (
        ImportWallet(password=SECRET),
        imported(private_key=SecretStr(KEY)),
        imported(from_peer=True),
    ):
        with pytest.raises(UserInputError, match="one thing"):
            await wallet.import_(request)


async def test_damaged_files_are_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "wallet.json").write_text("{")
    wallet = accounts_of(tmp_path, StackHolder())
    await wallet._vaults._vault.open()
    (told,) = (await wallet.status()).damaged
    assert told.path.endswith("wallet.json")
    assert "damaged" in told.problem
    assert "import" in told.hint


async def test_the_wallet_locks_after_the_time_of_the_settings(bare_node: LocalNode) -> None:
    await bare_node.wallet.create(CreateWallet(password=SECRET))
    left = (await bare_node.wallet.status()).idle_left_s
    assert left is not None
    assert 890 <= left <= 900
    await bare_node.system.set_settings({"auto_lock_s": "60"})
    left = (await bare_node.wallet.status()).idle_left_s
    assert left is not None
    assert left <= 60
    await bare_node.system.set_settings({"auto_lock_s": "0"})
    assert (await bare_node.wallet.status()).idle_left_s is None
