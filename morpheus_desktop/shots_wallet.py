"""Pictures of the wallet's steps and sheets: creating, importing, backing up, revealing."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.onboarding.page import OnboardingPage
from morpheus_desktop.shot_stage import Scene, Stage, in_chat, section
from node.core.errors import WrongPasswordError
from node.service.dto import CreateWallet, DamagedWallet
from tests.fakes.fake_accounts import PHRASE
from tests.fakes.fake_node import FakeNode


async def wallet_phrase(stage: Stage) -> None:
    stage.navigation.begin(demo=False)
    stage.navigation.onboarding.create_wallet(CreateWallet())
    await stage.until(lambda: stage.window.findChild(QWidget, "wallet.phrase.done"))


async def wallet_words(stage: Stage) -> None:
    await wallet_phrase(stage)
    stage.find("wallet.phrase")._hold(True)  # type: ignore[attr-defined]


async def wallet_check(stage: Stage) -> None:
    await wallet_phrase(stage)
    stage.find("wallet.phrase.done").click()  # type: ignore[attr-defined]
    await stage.until(lambda: stage.window.findChild(QWidget, "wallet.check.go"))
    stage.find("backup.word.3.thank").click()  # type: ignore[attr-defined]


async def wallet_import(stage: Stage, text: str = "legal winner thank year wave") -> None:
    stage.navigation.begin(demo=False)
    onboarding = stage.window.findChild(OnboardingPage)
    if onboarding is None:
        raise LookupError("there is no onboarding page")
    await stage.until(lambda: stage.navigation.onboarding.keyring_available)
    onboarding.start_wallet()
    stage.find("wallet.import").click()  # type: ignore[attr-defined]
    stage.find("wallet.secret").setPlainText(text)  # type: ignore[attr-defined]


async def wallet_accounts(stage: Stage) -> None:
    await wallet_import(stage, PHRASE)
    for name in ("wallet.password", "wallet.password.again"):
        stage.find(name).setText("correct horse battery")  # type: ignore[attr-defined]
    stage.find("wallet.import.go").click()  # type: ignore[attr-defined]
    await stage.until(lambda: stage.window.findChild(QWidget, "wallet.accounts.go"))


async def wallet_backup_file(stage: Stage) -> None:
    await wallet_import(stage, "")
    stage.find("wallet.import.kind").choose(2)  # type: ignore[attr-defined]


def unsaved_node() -> FakeNode:
    """A phrase that was never proved."""
    node = FakeNode()
    node.world.wallet = node.world.wallet.model_copy(update={"backed_up": False})
    return node


def mended_node() -> FakeNode:
    """A wallet file could not be read; its copy took its place."""
    node = FakeNode()
    address = node.world.wallet.address
    damaged = DamagedWallet(
        path="/home/ada/.local/share/Morpheus Desktop/keystore/damaged-1.json",
        problem=f"The wallet file of {address} was damaged; its copy of 2026-10-31 is used.",
        hint="Nothing is lost. The damaged file is kept: "
        "/home/ada/.local/share/Morpheus Desktop/keystore/damaged-1.json",
    )
    node.world.wallet = node.world.wallet.model_copy(update={"damaged": (damaged,)})
    return node


def other_port_node() -> FakeNode:
    """Another program has the port of the settings."""
    node = FakeNode()
    node.world.settings = [
        field.model_copy(update={"value": "127.0.0.1:8080"})
        if field.name == "web_address"
        else field
        for field in node.world.settings
    ]
    return node


async def backup_sheet(stage: Stage) -> None:
    await in_chat(stage)
    stage.navigation.wallet_dialogs.back_up()


async def backup_words(stage: Stage) -> None:
    await backup_sheet(stage)
    stage.find("backup.password").setText(stage.node.world.password)  # type: ignore[attr-defined]
    stage.find("backup.go").click()  # type: ignore[attr-defined]
    await stage.until(lambda: stage.find("backup.phrase").isVisible())


async def reveal_sheet(stage: Stage) -> None:
    await in_chat(stage)
    stage.navigation.wallet_dialogs.reveal("keystore")


async def reveal_key(stage: Stage) -> None:
    await in_chat(stage)
    stage.navigation.wallet_dialogs.reveal("private_key")
    stage.find("reveal.password").setText(stage.node.world.password)  # type: ignore[attr-defined]
    stage.find("reveal.go").click()  # type: ignore[attr-defined]
    await stage.until(lambda: stage.find("reveal.secret").isVisible())
    stage.find("reveal.secret")._hold(True)  # type: ignore[attr-defined]


async def password_sheet(stage: Stage) -> None:
    await in_chat(stage)
    stage.navigation.wallet_dialogs.change_password()
    stage.find("wallet.password").setText("short one")  # type: ignore[attr-defined]


async def unlock_sheet(stage: Stage) -> None:
    await in_chat(stage)
    stage.navigation.unlock()
    stage.find("unlock.password").setText("wrong horse")  # type: ignore[attr-defined]
    stage.node.fail(
        "wallet.unlock",
        WrongPasswordError("Wrong password. Next try in 4 s.", details={"wait_s": 4}),
    )
    stage.find("unlock.confirm").click()  # type: ignore[attr-defined]
    stage.find("unlock.forgotten").click()  # type: ignore[attr-defined]
    await stage.until(lambda: not stage.find("unlock.confirm").isEnabled())


def settings_of(group: str) -> Scene:
    async def show(stage: Stage) -> None:
        await section("settings")(stage)
        await stage.until(lambda: stage.window.findChild(QWidget, f"settings.go.{group}"))
        await stage.calm()
        stage.find(f"settings.go.{group}").click()  # type: ignore[attr-defined]

    return show


async def report_sheet(stage: Stage) -> None:
    await settings_of("diagnostics")(stage)
    stage.find("settings.report.create").click()  # type: ignore[attr-defined]
    await stage.until(lambda: stage.window.findChild(QWidget, "report.checks.txt"))
    stage.find("report.checks.txt").chosen.emit()  # type: ignore[attr-defined]


async def chat_secret(stage: Stage) -> None:
    await in_chat(stage)
    QGuiApplication.clipboard().setText(PHRASE)
    edit = stage.find("chat.composer.edit")
    edit.setPlainText(f"Why do these words not work? {PHRASE}")  # type: ignore[attr-defined]
    stage.find("chat.composer.send").click()  # type: ignore[attr-defined]


SCENES: dict[str, tuple[Callable[[], FakeNode], Scene]] = {
    "wallet-phrase": (FakeNode.fresh, wallet_phrase),
    "wallet-words": (FakeNode.fresh, wallet_words),
    "wallet-check": (FakeNode.fresh, wallet_check),
    "wallet-import": (FakeNode.fresh, wallet_import),
    "wallet-accounts": (FakeNode.fresh, wallet_accounts),
    "wallet-backup-file": (FakeNode.fresh, wallet_backup_file),
    "backup-banner": (unsaved_node, in_chat),
    "backup-sheet": (unsaved_node, backup_sheet),
    "backup-words": (unsaved_node, backup_words),
    "reveal-sheet": (FakeNode, reveal_sheet),
    "reveal-key": (FakeNode, reveal_key),
    "password-sheet": (FakeNode, password_sheet),
    "unlock-sheet": (FakeNode, unlock_sheet),
    "settings-sessions": (FakeNode, settings_of("sessions")),
    "wallet-file-mended": (mended_node, in_chat),
    "settings-api": (other_port_node, settings_of("api")),
    "settings-diagnostics": (FakeNode, settings_of("diagnostics")),
    "chat-secret": (FakeNode, chat_secret),
    "report-sheet": (FakeNode, report_sheet),
    "settings-wallet": (unsaved_node, settings_of("wallet")),
}
