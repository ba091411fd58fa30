"""The servers of the network in use as rows."""

from typing import Any

from PySide6.QtCore import Qt

from morpheus_desktop import formats
from morpheus_desktop.models.dto_table import Column, DtoTable, Index
from morpheus_desktop.pages.wallet.networks.words import (
    chain_words,
    height_words,
    lag_words,
    masked_host,
    state_words,
)
from morpheus_desktop.widgets.data_table import Cell, ColumnLook
from morpheus_desktop.widgets.tooltips import plain_tooltip
from node.service.dto import ChainEndpoint, NetworkView


class ServerRows(DtoTable[ChainEndpoint]):
    """`network` is what the servers should belong to."""

    def __init__(self) -> None:
        self._network: NetworkView | None = None
        columns: tuple[Column[ChainEndpoint], ...] = (
            Column(title="Server", cell=self._server),
            Column(title="Answers in", cell=_latency, look=ColumnLook(width=96), right=True),
            Column(title="Block", cell=_block, look=ColumnLook(width=122), right=True),
            Column(title="Failures", cell=_errors, look=ColumnLook(width=84, drop=1), right=True),
            Column(title="Chain", cell=self._chain, look=ColumnLook(width=112, drop=2)),
        )
        super().__init__(columns, lambda item: item.name)

    def show_servers(self, network: NetworkView, servers: tuple[ChainEndpoint, ...]) -> None:
        self._network = network
        self.set_rows(servers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What does not fit into a row is its tooltip."""
        if role == Qt.ItemDataRole.ToolTipRole and index.isValid():
            item = self.rows[index.row()]
            said = [masked_host(item.name), self._server(item).detail, item.reason]
            return plain_tooltip("\n".join(line for line in said if line))
        return super().data(index, role)

    def _server(self, item: ChainEndpoint) -> Cell:
        title = self._network.title if self._network is not None else "this network"
        words, dot, role = state_words(item, title)
        return Cell(text=masked_host(item.name), detail=words, dot=dot, detail_role=role)

    def _chain(self, item: ChainEndpoint) -> Cell:
        if self._network is None:
            return Cell(text="")
        words, icon, role = chain_words(item, self._network)
        return Cell(text=words, icon=icon, role=role)


def _latency(item: ChainEndpoint) -> Cell:
    if item.latency_ms is None:
        return Cell(text="–", role="text3", right=True)
    return Cell(text=f"{item.latency_ms}{formats.NBSP}ms", role="text2", right=True)


def _block(item: ChainEndpoint) -> Cell:
    if item.height is None:
        return Cell(text="–", role="text3", right=True)
    words, role = lag_words(item)
    return Cell(text=height_words(item.height), detail=words, detail_role=role, right=True)


def _errors(item: ChainEndpoint) -> Cell:
    if item.state == "untried":
        return Cell(text="–", role="text3", right=True)
    percent = -(-item.error_permille // 10)
    role = "danger" if percent >= 50 else "warning" if percent >= 10 else "text2"
    return Cell(text=f"{percent}{formats.NBSP}%", role=role, right=True)
