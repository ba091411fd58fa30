"""Addresses of a network's contracts: to compare and copy, never to change."""

from PySide6.QtWidgets import QLayout

from morpheus_desktop import formats
from morpheus_desktop.widgets.labels import CopyLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import NetworkView


def contracts_line(network: NetworkView) -> QLayout:
    """Marketplace and token side by side."""
    line = row(spacing=32)
    named = (
        ("marketplace", "Marketplace contract", network.marketplace),
        ("token", "MOR token", network.token),
    )
    for key, title, address in named:
        name = f"wallet.networks.{network.name}.{key}"
        copy = CopyLabel(formats.short_address(address), address, name=name)
        copy.setToolTip(address)
        copy.setAccessibleName(f"{title} {address}")
        line.addLayout(column(Label(title, "caption", "text3"), copy))
    line.addStretch(1)
    return line
