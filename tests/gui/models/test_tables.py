"""The table widget and its model: what is kept, dropped, and said to screen readers."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.models.dto_table import Column, DtoTable
from morpheus_desktop.models.market import market_table
from morpheus_desktop.models.sessions import history_table, used_percent
from morpheus_desktop.models.transactions import transaction_table
from morpheus_desktop.theme import Theme
from morpheus_desktop.widgets.data_table import CELL_ROLE, Cell, ColumnLook, DataTable
from tests.fakes import sample_data, sample_market

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def make(qtbot: QtBot, width: int) -> DataTable:
    columns: tuple[Column[str], ...] = (
        Column(title="Name", cell=lambda text: Cell(text=text, detail="kind")),
        Column(title="First", cell=_short, look=ColumnLook(width=100, drop=1)),
        Column(title="Last", cell=_short, look=ColumnLook(width=100, drop=2), right=True),
    )
    model = DtoTable(columns, str)
    model.set_rows(["a", "b", "c"])
    table = DataTable(model.looks, name="table", title="Letters")
    model.setParent(table)
    table.setModel(model)
    qtbot.addWidget(table)
    table.resize(width, 300)
    table.show()
    return table


def _short(text: str) -> Cell:
    return Cell(text=text.upper(), right=True)


def rows_of(table: DataTable) -> DtoTable[str]:
    model = table.model()
    assert isinstance(model, DtoTable)
    return model


def test_what_was_not_verified_gets_no_green_mark() -> None:
    qwen = next(model for model in sample_market.models() if model.is_tee)
    table = market_table()
    table.set_rows([qwen])
    cell = table.data(table.index(0, 0), CELL_ROLE)
    assert cell.badge == ("TEE not verified", "warning")


@pytest.mark.parametrize(("width", "columns"), [(600, [0, 1, 2]), (350, [0, 1]), (250, [0])])
def test_columns_go_in_their_order_when_the_room_is_small(
    theme: Theme, qtbot: QtBot, width: int, columns: list[int]
) -> None:
    del theme
    assert make(qtbot, width).shown_columns() == columns


def test_the_same_rows_keep_the_choice_and_others_do_not(theme: Theme, qtbot: QtBot) -> None:
    del theme
    table = make(qtbot, 600)
    table.choose_row(1)
    rows_of(table).set_rows(["a", "b", "c"])
    assert table.row == 1
    rows_of(table).set_rows(["b", "a"])
    assert table.row == -1


def test_arrows_and_enter_tell_the_row_while_choosing_by_code_is_silent(
    theme: Theme, qtbot: QtBot
) -> None:
    del theme
    table = make(qtbot, 600)
    chosen: list[int] = []
    activated: list[int] = []
    table.row_chosen.connect(chosen.append)
    table.row_activated.connect(activated.append)
    table.choose_row(0)
    assert chosen == []
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert (chosen, activated) == ([1], [1])


def test_a_cell_reads_its_text_and_detail(theme: Theme, qtbot: QtBot) -> None:
    del theme
    index = make(qtbot, 600).model().index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "a, kind"


def test_every_table_paints_every_sample_row(theme: Theme, qtbot: QtBot) -> None:
    tables = (
        (market_table(), sample_market.models()),
        (history_table(), sample_data.sessions()),
        (transaction_table(lambda: sample_market.NOW), sample_data.transactions()),
    )
    for model, rows in tables:
        model.set_rows(rows)  # type: ignore[arg-type]  # each table with its own rows
        table = DataTable(model.looks, name="table", title="Rows")
        table.setModel(model)
        qtbot.addWidget(table)
        table.resize(900, 500)
        for mode in ("dark", "light"):
            theme.set_mode(mode)  # type: ignore[arg-type]  # both are modes
            assert not table.grab().isNull()
        QApplication.processEvents()
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                assert isinstance(model.index(row, column).data(CELL_ROLE), Cell)


def test_used_time_is_known_for_closed_sessions_only() -> None:
    closed = next(item for item in sample_data.sessions() if item.state == "closed")
    active = next(item for item in sample_data.sessions() if item.state == "active")
    assert used_percent(closed) == 41
    assert used_percent(active) is None


def test_unknown_purposes_and_statuses_are_shown_not_hidden() -> None:
    model = transaction_table(lambda: sample_market.NOW)
    strange = sample_data.transactions()[0].model_copy(
        update={"intent": "teleport", "status": "orbiting"}
    )
    model.set_rows([strange])
    assert model.index(0, 0).data().startswith("Transaction")
    assert model.index(0, 1).data() == "orbiting"
