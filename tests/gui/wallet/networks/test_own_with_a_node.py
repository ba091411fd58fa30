"""A network of the user's own without a mouse, with a real node and a chain of its own: added,
used, left and removed.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.balance_card import BalanceCard
from morpheus_desktop.pages.wallet.networks.found_view import FoundView
from morpheus_desktop.tasks import GuiTasks
from node.core.settings import NodeSettings
from node.devnet.accounts import FUNDING, well_known_accounts
from node.devnet.chain import Devnet
from node.devnet.server import DevnetServer
from tests.gui.keyboard import Keyboard
from tests.gui.running_node import RunningNode
from tests.gui.wallet.networks.own_kit import ADD
from tests.gui.wallet.tab_kit import words_of
from tests.gui.window_kit import WindowKit, open_window

pytestmark = [pytest.mark.gui, pytest.mark.chain]
START_MS = 60_000
START_S = 60.0
CHAIN_ID, NAME = 4711, "team-network"
DEMO_MOR = 1000 * 10**18


class OwnChain:
    """A chain of somebody else, served from a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="own-chain")
        self._thread.start()
        self._open = AsyncExitStack()
        starting = asyncio.run_coroutine_threadsafe(self._start(), self._loop)
        self.chain, self.url = starting.result(START_S)

    async def _start(self) -> tuple[Devnet, str]:
        chain = await self._open.enter_async_context(await Devnet.start(chain_id=CHAIN_ID))
        server = await self._open.enter_async_context(DevnetServer(chain))
        return chain, server.url

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._open.aclose(), self._loop).result(START_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_S)
        self._loop.close()


@pytest.fixture
def own() -> Iterator[OwnChain]:
    chain = OwnChain()
    yield chain
    chain.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningNode]:
    key = SecretStr(well_known_accounts()[FUNDING].private_key.hex())
    node = RunningNode(tmp_path, NodeSettings(network="demo", wallet_private_key=key))
    yield node
    assert node.stop()


def used(running: RunningNode) -> str:
    network = running.ask(running.node.system.status()).network
    return network.name if network is not None else ""


def names(running: RunningNode) -> set[str]:
    return {item.name for item in running.ask(running.node.system.networks())}


def open_networks(kit: WindowKit, keys: Keyboard) -> None:
    kit.window.activateWindow()
    kit.until(lambda: QApplication.focusWidget() is not None)
    keys.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    keys.walk_to("wallet.tabs")
    for _ in range(4):
        keys.press(Qt.Key.Key_Right)
    kit.until(lambda: kit.has(f"{ADD}.open"))


def add(keys: Keyboard, own: OwnChain) -> None:
    chain = own.chain
    keys.choose(f"{ADD}.open")
    keys.fill(f"{ADD}.title", "Team network")
    keys.fill(f"{ADD}.chain", str(CHAIN_ID))
    keys.fill(f"{ADD}.marketplace", chain.marketplace_address.checksum)
    # A mistake first: the marketplace does not take this token.
    keys.fill(f"{ADD}.token", chain.multicall_address.checksum)
    keys.fill(f"{ADD}.server.0", f"{own.url}/v2/geheim")
    keys.choose(f"{ADD}.test")


def balance(kit: WindowKit) -> str:
    card = kit.window.findChild(BalanceCard)
    assert card is not None
    return words_of(card)


def use(kit: WindowKit, keys: Keyboard, tasks: GuiTasks, name: str) -> None:
    """Nothing is open and no money is real: nobody is asked. The window has read everything before:
    a connection that comes up while its network closes is left to the collector.
    """
    keys.walk_to(f"wallet.networks.use.{name}")
    kit.until(lambda: [task.get_name() for task in tasks._scope._tasks] == ["test:events"])
    keys.press(Qt.Key.Key_Space)
    kit.until(lambda: not kit.has(f"wallet.networks.use.{name}"), START_MS)


def test_added_used_left_and_removed_without_a_mouse(
    own: OwnChain, running: RunningNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    kit = open_window(running.bridged, tasks, qtbot)
    keys = Keyboard(kit)
    kit.until(lambda: kit.window.section == "chat", START_MS)
    open_networks(kit, keys)
    kit.until(lambda: formats.amount(DEMO_MOR) in balance(kit), START_MS)

    add(keys, own)
    keys.choose(f"{ADD}.check")
    token = kit.find(QLineEdit, f"{ADD}.token")
    kit.until(lambda: "takes another token" in token.accessibleDescription(), START_MS)
    assert NAME not in names(running)
    keys.fill(f"{ADD}.token", own.chain.token_address.checksum)
    keys.press(Qt.Key.Key_Return)
    keys.walk_to(f"{ADD}.go")
    assert "geheim" not in words_of(kit.find(FoundView, f"{ADD}.found"))
    keys.press(Qt.Key.Key_Return)
    kit.until(lambda: kit.has(f"wallet.networks.card.{NAME}"), START_MS)
    assert used(running) == "demo"

    use(kit, keys, tasks, NAME)
    assert used(running) == NAME
    chip = kit.window.top_bar.network
    kit.until(lambda: (chip.text(), chip.tone) == ("Team network", "warning"), START_MS)
    held = running.money().total
    assert held > DEMO_MOR
    kit.until(lambda: formats.amount(held) in balance(kit), START_MS)

    use(kit, keys, tasks, "demo")
    kit.until(lambda: formats.amount(DEMO_MOR) in balance(kit), START_MS)
    kit.until(lambda: kit.has(f"wallet.networks.use.{NAME}"), START_MS)
    keys.choose(f"wallet.networks.remove.{NAME}")
    keys.choose("wallet.networks.remove.confirm")
    kit.until(lambda: not kit.has(f"wallet.networks.card.{NAME}"), START_MS)
    assert NAME not in names(running)
