"""What this computer has: memory, processor, disk."""

from PySide6.QtWidgets import QSizePolicy, QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.figures import Meter
from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import Hardware

_TIGHT = 0.9


class _Gauge(Card):
    def __init__(self, icon: str, name: str, *, metered: bool = False) -> None:
        self._figure = ElidedLabel("", "h3")
        self._note = Label("", "small", "text3")
        self._meter = Meter(name) if metered else None
        head = row(
            IconLabel(icon, "text3", 16), Label(name, "small", "text2"), None, self._note, spacing=8
        )
        body = column(head, 2, self._figure)
        if self._meter is not None:
            body.addSpacing(10)
            body.addWidget(self._meter)
        body.addStretch(1)
        super().__init__(body, margins=(16, 12, 16, 14))

    def show_figures(self, figure: str, note: str = "", share: float = 0.0) -> None:
        self._figure.set_text(figure)
        self._note.setText(note)
        if self._meter is not None:
            self._meter.set_share(share, tone="warning" if share > _TIGHT else "accent")


class Machine(QWidget):
    """Three cards side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._memory = _Gauge("cpu", "Memory", metered=True)
        self._processor = _Gauge("monitor", "Processor")
        self._disk = _Gauge("hard-drives", "Disk")
        line = row(spacing=14)
        for gauge in (self._memory, self._processor, self._disk):
            line.addWidget(gauge, 1)
        self.setLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_hardware(self, hardware: Hardware) -> None:
        total, free = hardware.memory_total, hardware.memory_free
        share = (total - free) / total if total else 0.0
        self._memory.show_figures(formats.size(total), f"{formats.size(free)} free", share)
        cores = f"{hardware.cores} core{'' if hardware.cores == 1 else 's'}"
        self._processor.show_figures(cores, hardware.gpu or "no graphics card used")
        self._disk.show_figures(f"{formats.size(hardware.disk_free)} free")
