"""Makes the pages of the rail when they are first shown, and connects what leads out of them.

Imports are inside: a page costs nothing before the user goes there.
"""

from typing import Protocol

from PySide6.QtWidgets import QWidget

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.network_change import NetworkChange
from morpheus_desktop.session_sheets import SessionSheets
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.wallet_dialogs import WalletDialogs
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import LocalModel, SessionView


class Ways(Protocol):
    """Where a page can lead; `Navigation` has them all."""

    wallet_dialogs: WalletDialogs
    network_change: NetworkChange
    session_sheets: SessionSheets

    def go(self, section: str) -> None: ...

    def chat_with_session(self, session: SessionView) -> None: ...

    def chat_with_local(self, model: LocalModel) -> None: ...

    def chat_with_model(self, model_id: str, bid_id: object) -> None: ...

    def set_up_wallet(self) -> None: ...

    def tell(self, text: str, tone: str) -> None: ...

    def show_problem(self, error: NodeError) -> None: ...


class SectionPages:
    """Factories of the pages, by the names of the rail."""

    def __init__(
        self,
        ways: Ways,
        *,
        node: NodeService,
        tasks: GuiTasks,
        signals: NodeSignals,
        time: ChainTime,
    ) -> None:
        self._ways = ways
        self._node, self._tasks, self._signals, self._time = node, tasks, signals, time

    def market(self) -> QWidget:
        from morpheus_desktop.pages.market.page import MarketPage
        from morpheus_desktop.pages.market.presenter import MarketPresenter

        presenter = MarketPresenter(self._node, self._tasks, self._signals)
        page = MarketPage(presenter, self._time)
        presenter.setParent(page)
        page.chat_requested.connect(self._ways.chat_with_model)
        page.local_requested.connect(lambda: self._ways.go("local"))
        page.settings_requested.connect(lambda: self._ways.go("settings"))
        return page

    def sessions(self) -> QWidget:
        from morpheus_desktop.pages.sessions.page import SessionsPage
        from morpheus_desktop.pages.sessions.presenter import SessionsPresenter

        presenter = SessionsPresenter(self._node, self._tasks, self._signals, self._time)
        page = SessionsPage(presenter)
        presenter.setParent(page)
        page.chat_requested.connect(self._ways.chat_with_session)
        page.extend_requested.connect(self._ways.session_sheets.extend)
        page.market_requested.connect(lambda: self._ways.go("market"))
        page.told.connect(self._ways.tell)
        page.problem.connect(self._ways.show_problem)
        return page

    def wallet(self) -> QWidget:
        from morpheus_desktop.pages.wallet.page import WalletPage
        from morpheus_desktop.pages.wallet.presenter import WalletPresenter
        from morpheus_desktop.pages.wallet.tabs import TabMaker, WalletTabs

        presenter = WalletPresenter(self._node, self._tasks, self._signals, self._time)
        maker = TabMaker(self._node, self._tasks, self._signals, self._time)
        page = WalletPage(presenter, WalletTabs(maker.factories()))
        presenter.setParent(page)
        dialogs = self._ways.wallet_dialogs
        page.back_up_requested.connect(dialogs.back_up)
        page.reveal_requested.connect(dialogs.reveal)
        page.password_requested.connect(dialogs.change_password)
        page.network_requested.connect(self._ways.network_change.choose)
        page.onboarding_requested.connect(self._ways.set_up_wallet)
        page.told.connect(self._ways.tell)
        page.problem.connect(self._ways.show_problem)
        return page

    def local(self) -> QWidget:
        from morpheus_desktop.pages.local_models.page import LocalModelsPage
        from morpheus_desktop.pages.local_models.presenter import LocalModelsPresenter

        presenter = LocalModelsPresenter(self._node, self._tasks, self._signals)
        page = LocalModelsPage(presenter)
        presenter.setParent(page)
        page.chat_requested.connect(self._ways.chat_with_local)
        page.market_requested.connect(lambda: self._ways.go("market"))
        page.told.connect(self._ways.tell)
        return page

    def settings(self) -> QWidget:
        from morpheus_desktop.pages.settings.page import SettingsPage
        from morpheus_desktop.pages.settings.presenter import SettingsPresenter

        presenter = SettingsPresenter(self._node, self._tasks, self._signals)
        page = SettingsPage(presenter)
        presenter.setParent(page)
        page.network_requested.connect(self._ways.network_change.choose)
        dialogs = self._ways.wallet_dialogs
        page.backup_requested.connect(dialogs.back_up)
        page.reveal_requested.connect(dialogs.reveal)
        page.password_requested.connect(dialogs.change_password)
        page.report_requested.connect(lambda: self._report(page))
        page.told.connect(self._ways.tell)
        return page

    def _report(self, page: QWidget) -> None:
        from morpheus_desktop.dialogs.report_sheet import ReportSheet

        sheet = ReportSheet(page.window(), self._node, self._tasks)
        sheet.saved.connect(lambda path: self._ways.tell(f"Saved as {path}", "success"))
        sheet.open()
