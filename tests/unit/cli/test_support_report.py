"""`mor-cli support-report`: a look first, then a zip that replaces nothing unasked."""

import json
import zipfile
from pathlib import Path

from typer.testing import CliRunner, Result

from node.cli.main import app


def cli(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["support-report", *words, "--home", str(home)])


def test_a_look_writes_nothing(tmp_path: Path) -> None:
    told = cli(tmp_path / "home", "--list")
    assert told.exit_code == 0
    assert "--- checks.txt\nok   program: Morpheus Desktop" in told.stdout
    assert str(tmp_path) not in told.stdout
    assert not list(tmp_path.glob("*.zip"))


def test_a_zip_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "report.zip"
    told = json.loads(cli(tmp_path / "home", str(path), "--json").stdout)
    with zipfile.ZipFile(path) as archive:
        assert [name.split("/")[1] for name in archive.namelist()] == told["files"]
    before = path.read_bytes()
    again = cli(tmp_path / "home", str(path))
    assert again.exit_code == 2
    assert "is there already" in again.output
    assert path.read_bytes() == before
    assert cli(tmp_path / "home", str(path), "--yes").exit_code == 0


def test_settings_that_cannot_be_read_are_what_a_report_is_for(tmp_path: Path) -> None:
    file = tmp_path / "home" / "config" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text("this is = = no settings")
    told = cli(tmp_path / "home", "--list")
    assert told.exit_code == 0
    assert "FAIL node: " in told.stdout
    assert "The settings cannot be read" in told.stdout
