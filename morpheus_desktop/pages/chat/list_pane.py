"""The list of chats: new chat, search, groups by day, results of a search."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from morpheus_desktop import formats
from morpheus_desktop.theme import current, font
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.fields import SearchField
from morpheus_desktop.widgets.layouts import column
from node.service.dto import ChatHit, ChatSummary

WIDTH = 268
_SEARCH_MS = 150
_ROW, _HEAD, _HIT = 35, 30, 54
ENTRY = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A heading (no `chat`), a chat, or a chat with the place where a word was found."""

    title: str
    chat: ChatSummary | None = None
    when: str = ""
    snippet: str = ""


def grouped(chats: Iterable[ChatSummary], now: int) -> list[Entry]:
    """Chats newest first, with a heading before each group of days."""
    entries: list[Entry] = []
    group = ""
    for chat in sorted(chats, key=lambda item: -item.updated_at):
        name = formats.day_group(chat.updated_at, now)
        if name != group:
            entries.append(Entry(title=name))
            group = name
        when = formats.day(chat.updated_at, now)
        entries.append(Entry(title=chat.title, chat=chat, when=when))
    return entries


def hits(found: Iterable[ChatHit], now: int) -> list[Entry]:
    return [
        Entry(
            title=hit.chat.title,
            chat=hit.chat,
            when=formats.day(hit.chat.updated_at, now),
            snippet=" ".join(hit.snippet.split()),
        )
        for hit in found
    ]


class ChatListModel(QAbstractListModel):
    """Entries under the role `ENTRY`; the display role is the title."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show_entries(self, entries: list[Entry]) -> None:
        if entries == self.entries:
            return
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " ".join(part for part in (entry.title, entry.when, entry.snippet) if part)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.entries[index.row()].chat is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def row_of(self, chat_id: str) -> int:
        for row, entry in enumerate(self.entries):
            if entry.chat is not None and entry.chat.id == chat_id:
                return row
        return -1


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        entry: Entry = index.data(ENTRY)
        height = _HEAD if entry.chat is None else _HIT if entry.snippet else _ROW
        return QSize(WIDTH - 24, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(ENTRY)
        theme, box = current(), QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = box.adjusted(10, 0, -10, 0)
        if entry.chat is None:
            painter.setFont(font("overline"))
            painter.setPen(theme.color("text2"))
            painter.drawText(
                inner.adjusted(0, 10, 0, -2), Qt.AlignmentFlag.AlignVCenter, entry.title
            )
            painter.restore()
            return
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected" if chosen else "hover"))
            painter.drawRoundedRect(box.adjusted(0, 0, 0, -1), 8, 8)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -2), 7, 7)
        self._paint_chat(painter, inner, entry, chosen=chosen)
        painter.restore()

    def _paint_chat(self, painter: QPainter, box: QRect, entry: Entry, *, chosen: bool) -> None:
        theme = current()
        line = QRect(box.left(), box.top(), box.width(), _ROW - 1)
        painter.setFont(font("caption"))
        painter.setPen(theme.color("text3"))
        painter.drawText(
            line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, entry.when
        )
        right = painter.fontMetrics().horizontalAdvance(entry.when) + 8
        right += self._paint_badge(painter, line, entry.chat, right)
        painter.setFont(font("strong" if chosen else "body"))
        painter.setPen(theme.color("text"))
        title = line.adjusted(0, 0, -right, 0)
        text = painter.fontMetrics().elidedText(
            entry.title, Qt.TextElideMode.ElideRight, title.width()
        )
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, text)
        if entry.snippet:
            painter.setFont(font("caption"))
            painter.setPen(theme.color("text3"))
            below = QRect(box.left(), box.top() + 29, box.width(), 18)
            snippet = painter.fontMetrics().elidedText(
                entry.snippet, Qt.TextElideMode.ElideRight, below.width()
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, snippet)

    def _paint_badge(
        self, painter: QPainter, line: QRect, chat: ChatSummary | None, right: int
    ) -> int:
        """Paint what kind of chat this is, left of `right`; returns the width it took."""
        if chat is None or not (chat.is_demo or chat.is_local):
            return 0
        text, tone = ("Demo", "demo") if chat.is_demo else ("Local", "")
        theme = current()
        width = painter.fontMetrics().horizontalAdvance(text) + 16
        place = QRect(line.right() - right - width + 1, line.center().y() - 9, width, 19)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("demo_soft" if tone else "sunken"))
        painter.drawRoundedRect(place, 9, 9)
        painter.setPen(theme.color(tone or "text2"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        return width + 8


class ChatListView(QListView):
    """Emits `delete_requested` and `rename_requested` for the current row's chat."""

    key_pressed = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() in keys:
            self.key_pressed.emit(event.key())
        else:
            super().keyPressEvent(event)


class ListPane(QWidget):
    """Signals: `new_chosen()`, `chat_chosen(id)`, `search_changed(text)`, `rename_requested(chat)`,
    `delete_requested(chat)`.
    """

    new_chosen = Signal()
    chat_chosen = Signal(str)
    search_changed = Signal(str)
    rename_requested = Signal(object)
    delete_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Chats")
        self.new = Button("New chat", "secondary", icon="plus", name="chat.list.new")
        self.search = SearchField("Search all chats", hint="Ctrl+Shift+F", name="chat.list.search")
        self.model = ChatListModel(self)
        self.view = ChatListView()
        self.view.setObjectName("chat.list.view")
        self.view.setAccessibleName("Chats")
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setMouseTracking(True)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._current = ""
        self._overlay = False
        self._settle = QTimer(self, singleShot=True, interval=_SEARCH_MS)
        self._settle.timeout.connect(lambda: self.search_changed.emit(self.search.text().strip()))
        self.setLayout(
            column(self.new, 8, self.search, 6, self.view, spacing=0, margins=(11, 13, 12, 8))
        )
        self.new.clicked.connect(self.new_chosen)
        self.search.changed.connect(lambda _text: self._settle.start())
        self.view.clicked.connect(self._clicked)
        self.view.key_pressed.connect(self._key)
        self.view.customContextMenuRequested.connect(self._menu)

    def show_entries(self, entries: list[Entry]) -> None:
        self.model.show_entries(entries)
        self.mark(self._current)

    def mark(self, chat_id: str) -> None:
        """Show which chat is open; empty for a new one."""
        self._current = chat_id
        row = self.model.row_of(chat_id)
        if row < 0:
            self.view.clearSelection()
        else:
            self.view.setCurrentIndex(self.model.index(row))

    def set_overlay(self, overlay: bool) -> None:
        """Lie over the conversation with an own ground and edge, or beside it without."""
        self._overlay = overlay
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._overlay:
            theme = current()
            painter = QPainter(self)
            painter.fillRect(self.rect(), theme.color("surface"))
            painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.color("border_strong"))
            painter.end()
        super().paintEvent(event)

    @property
    def is_searching(self) -> bool:
        return bool(self.search.text().strip())

    def _chat(self, index: Index) -> ChatSummary | None:
        entry = index.data(ENTRY) if index.isValid() else None
        return entry.chat if isinstance(entry, Entry) else None

    def _clicked(self, index: Index) -> None:
        chat = self._chat(index)
        if chat is not None:
            self.chat_chosen.emit(chat.id)

    def _key(self, key: int) -> None:
        chat = self._chat(self.view.currentIndex())
        if chat is None:
            return
        if key == Qt.Key.Key_Delete:
            self.delete_requested.emit(chat)
        elif key == Qt.Key.Key_F2:
            self.rename_requested.emit(chat)
        else:
            self.chat_chosen.emit(chat.id)

    def _menu(self, place: QPoint) -> None:
        chat = self._chat(self.view.indexAt(place))
        if chat is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Rename").triggered.connect(lambda: self.rename_requested.emit(chat))
        menu.addAction("Delete").triggered.connect(lambda: self.delete_requested.emit(chat))
        menu.popup(self.view.viewport().mapToGlobal(place))
