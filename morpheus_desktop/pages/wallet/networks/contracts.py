"""What every card of a network has: its name, its contracts to compare and copy, its way out."""

from PySide6.QtWidgets import QHBoxLayout

from morpheus_desktop import formats
from morpheus_desktop.models.networks import ADDED, money_kind
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.labels import CopyLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import NetworkView


def card_name(network: NetworkView, *words: str) -> str:
    """What a screen reader says of a network's card."""
    own = [ADDED] if network.is_removable else []
    return ", ".join([network.title, *words, money_kind(network)[0], *own])


def remove_button(network: NetworkView) -> Button:
    """For a network that the user added."""
    name = f"wallet.networks.remove.{network.name}"
    button = Button("Remove…", "ghost", icon="trash", size="compact", name=name)
    button.setAccessibleName(f"Remove {network.title}…")
    return button


def contracts_line(network: NetworkView) -> QHBoxLayout:
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
