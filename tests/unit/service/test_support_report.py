"""The support report of a node: whole, and silent about everything that is nobody's business."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from node.core.log import LogOptions, configure_logging, get_logger
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.service.data_shapes import database_shape
from node.service.dto import CreateWallet, SupportReport
from node.service.local import LocalNode, open_node
from node.service.support_report import ReportSources, make_report
from tests.support.own_networks import ACCESS_KEY, TABLE
from tests.unit.service.conftest import node_options

PASSWORD = "a password for the report"
CHAIN_KEY = "key-of-a-chain-server"


def text_of(report: SupportReport, name: str) -> str:
    return report.texts[name]


async def test_a_whole_node_in_files(tmp_path: Path) -> None:
    options = node_options(
        tmp_path, MORPHEUS_RPC_URLS=f"https://user:{CHAIN_KEY}@rpc.example/v2/{CHAIN_KEY}"
    )
    options.dirs.ensure()
    configure_logging(LogOptions(folder=options.dirs.logs, level="debug"))
    try:
        async with open_node(options) as node:
            made = await node.wallet.create(CreateWallet(password=SecretStr(PASSWORD)))
            await node.wallet.save_contact(made.address, "Aunt Agatha")
            get_logger("node.wire").warning("refused", user=made.address, session="0x" + "5e" * 32)
            report = await node.system.support_report()
            with_addresses = await node.system.support_report(addresses=True)
    finally:
        configure_logging(LogOptions(folder=None))
    assert [item.name for item in report.files] == [
        "README.txt",
        "system.json",
        "checks.txt",
        "settings.json",
        "network.json",
        "databases.json",
        "files.txt",
        "log.txt",
    ]
    everything = "\n".join(item.text for item in report.files)
    phrase = made.phrase.get_secret_value()
    for word in (made.address, made.address.lower()[2:], phrase, PASSWORD, CHAIN_KEY, "Agatha"):
        assert word not in everything
    assert str(tmp_path) not in everything
    assert str(Path.home()) + "/" not in everything
    settings = json.loads(text_of(report, "settings.json"))
    assert settings["rpc_urls"] == ["https://rpc.example"]
    assert settings["wallet_private_key"] is False
    rows = json.loads(text_of(report, "databases.json"))["journal.db"]
    assert rows["check"] == "ok"
    assert rows["rows"]["contacts"] == 1
    wallet = json.loads(text_of(report, "network.json"))["wallet"]
    assert wallet["accounts"] == {"phrase, password": 1}
    assert "wire: refused session=[id 1] user=[address 1]" in text_of(report, "log.txt")
    assert "WARN backup: The recovery phrase of this wallet" in text_of(report, "checks.txt")
    assert "Left out:" in text_of(report, "README.txt")
    assert made.address in text_of(with_addresses, "log.txt")
    assert phrase not in text_of(with_addresses, "log.txt")


async def test_a_network_of_ones_own_is_told_without_its_servers(tmp_path: Path) -> None:
    options = node_options(tmp_path)
    options.dirs.ensure()
    options.dirs.settings_file.write_text(TABLE)
    settings = load_settings(file=options.dirs.settings_file, environment={})
    async with open_node(replace(options, settings=settings)) as node:
        report = await node.system.support_report(addresses=True)
    told = json.loads(text_of(report, "settings.json"))
    assert told["own_networks"] == ["my-net (chain 5)"]
    assert ACCESS_KEY not in "\n".join(item.text for item in report.files)


async def test_checks_stay_readable(bare_node: LocalNode) -> None:
    """The rules against phrases must not eat what we say ourselves."""
    report = await bare_node.system.support_report()
    assert "removed]" not in text_of(report, "checks.txt")
    assert text_of(report, "network.json").count("[") < 10


async def test_damaged_files_are_named(tmp_path: Path) -> None:
    options = node_options(tmp_path)
    options.dirs.ensure()
    options.dirs.journal_db.write_bytes(b"no database " * 500)
    async with open_node(options) as node:
        report = await node.system.support_report()
    assert "journal.db.corrupt-" in text_of(report, "files.txt")
    assert "WARN files set aside: journal.db.corrupt-" in text_of(report, "checks.txt")


async def test_without_a_node_the_rest_is_told(tmp_path: Path) -> None:
    dirs = AppDirs.under(tmp_path)
    dirs.ensure()
    sources = ReportSources(dirs=dirs, settings=None, findings=())
    report = await make_report(sources, addresses=False, now=1_793_520_000)
    assert report.name == "morpheus-report-20261101-0800"
    assert "did not start" in text_of(report, "network.json")
    assert "cannot be read" in text_of(report, "settings.json")


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_database_has_a_shape_too(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "chats.db"
    path.write_bytes(content)
    shape = database_shape(path)
    assert shape["bytes"] == len(content)
    assert path.read_bytes() == content
    assert "fault" in shape or shape["check"] == "ok"
