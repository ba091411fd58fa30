"""The documents point at things that exist."""

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, committed_files, name_of

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_DEV = re.compile(r"dev\.py ([a-z]+)")
_OUR_PATH = re.compile(
    r"(?:node|morpheus_desktop|resources|tests|benchmarks|packaging|docs|devtools)/[\w./-]*[\w/]"
)
_COMMANDS = {"run", "test", "check", "bench", "shots", "bundle", "contracts", "lock"}
_OURS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/")


def _documents() -> list[Path]:
    return [
        path
        for path in committed_files()
        if path.suffix == ".md" and name_of(path).startswith(_OURS)
    ]


def test_there_are_documents() -> None:
    names = {name_of(path) for path in _documents()}
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/ARCHITECTURE.md"} <= names
    assert "docs/glossary.md" in names


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in _documents():
        for target in _LINK.findall(path.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:", target) or target.startswith("#"):
                continue
            if not (path.parent / target.split("#")[0]).exists():
                broken.append(f"{name_of(path)}: {target}")
    assert broken == []


def test_files_and_commands_named_in_documents_exist() -> None:
    wrong = []
    for path in _documents():
        if path.name == "CHANGELOG.md":
            continue
        text = path.read_text(encoding="utf-8")
        for code in _CODE.findall(text):
            found = _OUR_PATH.fullmatch(code)
            if found and not (ROOT / found.group()).exists():
                wrong.append(f"{name_of(path)}: {code}")
        wrong += [
            f"{name_of(path)}: {name}" for name in _DEV.findall(text) if name not in _COMMANDS
        ]
    assert wrong == []


def test_decisions_are_numbered_without_gaps_and_say_the_four_things() -> None:
    found = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert [path.name[:4] for path in found] == [f"{n:04}" for n in range(1, len(found) + 1)]
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        for heading in ("## Context", "## Options", "## Decision", "## Consequences"):
            assert heading in text, f"{path.name}: {heading}"


@pytest.mark.parametrize(
    "word",
    ["provider", "consumer", "bid", "session", "stake", "stipend", "allowance", "approval", "TTFT"],
)
def test_the_glossary_explains_the_words_of_the_field(word: str) -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| \*\*{word}\*\*", text, re.MULTILINE)


def test_the_architecture_page_leads_to_every_decision() -> None:
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    decisions = [path.name for path in (ROOT / "docs" / "adr").glob("*.md")]
    missing = [name for name in decisions if f"(adr/{name})" not in page]
    assert missing == []


def test_the_changelog_has_the_current_work_on_top() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)", text, re.MULTILINE)[0] == "Unreleased"
