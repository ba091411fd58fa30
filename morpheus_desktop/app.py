"""Composition root of the window: Qt, the node's thread, the bridge, the pages; and the way down.

The window is painted before the node's libraries are imported: they load in the node's thread,
which is started after the first paint.
"""

import asyncio
import concurrent.futures
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import qasync
from PySide6.QtWidgets import QApplication

from morpheus_desktop.bridge import BridgedNode, NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.garbage import WindowCollector
from morpheus_desktop.mark import app_icon
from morpheus_desktop.navigation import Navigation
from morpheus_desktop.shell_presenter import ShellPresenter
from morpheus_desktop.single_instance import SingleInstance
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.theme import install_theme
from morpheus_desktop.window import MainWindow
from node.core.paths import AppDirs
from node.core.settings import NodeSettings
from node.host import NodeOptions, NodeThread
from node.service.api import NodeService

STOP_S = 8.0
"""How long the node may take to close; with the window's own steps this stays below 10 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowOptions:
    """What the command line asked for. `smoke`: run the demo by itself, print the result, end."""

    dirs: AppDirs
    settings: NodeSettings
    demo: bool = False
    smoke: bool = False


def run_window(options: WindowOptions) -> int:
    """Show the window until it is closed; returns the exit status."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Morpheus Desktop")
    app.setDesktopFileName("morpheus-desktop")
    app.setQuitOnLastWindowClosed(False)
    instance = SingleInstance(options.dirs.data, app)
    if not instance.claim():
        return 0
    install_theme(app, options.settings.theme)
    app.setWindowIcon(app_icon())
    collector = WindowCollector(app)
    collector.start()
    loop = qasync.QEventLoop(app)
    with loop:
        status: int = loop.run_until_complete(_run(options, instance))
    collector.stop()
    instance.release()
    return status


def child_command(flag: str) -> list[str]:
    """How to start this program's own child processes, frozen or not."""
    if getattr(sys, "frozen", False):
        return [sys.executable, flag]
    return [sys.executable, "-m", "morpheus_desktop", flag]


async def _run(options: WindowOptions, instance: SingleInstance) -> int:
    thread = NodeThread(lambda: _open_node(options))
    started: concurrent.futures.Future[NodeService] = concurrent.futures.Future()
    node, tasks, signals, time = (
        BridgedNode(thread, started),
        GuiTasks(),
        NodeSignals(),
        ChainTime(),
    )
    shell = ShellPresenter(node, tasks, signals, time)
    window = MainWindow()
    navigation = Navigation(window, node=node, tasks=tasks, signals=signals, time=time, shell=shell)
    instance.raise_requested.connect(window.come_forward)
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    for number in (signal.SIGINT, signal.SIGTERM):
        # Runs at the next tick of the window's clock, at most a second later.
        signal.signal(number, lambda *_: closed.set())
    navigation.begin(demo=options.demo)
    window.show()
    await _painted(window)
    _chain(thread.start(), started)
    time.start()
    tasks.spawn(signals.run(node), "events")
    try:
        if options.smoke:
            from morpheus_desktop.smoke import run_smoke

            return await run_smoke(window)
        await closed.wait()
        return 0
    finally:
        time.stop()
        window.hide()
        await tasks.aclose()
        await asyncio.to_thread(thread.stop, STOP_S)
        window.deleteLater()


async def _painted(window: MainWindow) -> None:
    shown = asyncio.Event()
    window.first_painted.connect(shown.set)
    await shown.wait()


@asynccontextmanager
async def _open_node(options: WindowOptions) -> AsyncGenerator[NodeService, None]:
    """Runs in the node's thread."""
    from node.core.log import configure_logging, log_options
    from node.host import open_hosted_node

    options.dirs.ensure()
    configure_logging(log_options(options.settings, options.dirs.logs))
    node_options = NodeOptions(
        dirs=options.dirs,
        settings=options.settings,
        worker_command=child_command("--llama-worker"),
        checker_command=child_command("--gguf-check"),
    )
    async with open_hosted_node(node_options) as node:
        yield node


def _chain(
    source: "concurrent.futures.Future[NodeService]",
    target: "concurrent.futures.Future[NodeService]",
) -> None:
    def done(finished: "concurrent.futures.Future[NodeService]") -> None:
        error = finished.exception()
        if error is not None:
            target.set_exception(error)
        else:
            target.set_result(finished.result())

    source.add_done_callback(done)
