"""Checks of this computer: what is scarce or taken is told with what to do."""

from pathlib import Path

import pytest

from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.http_api.server import bind
from node.service import local_checks
from node.service.local_checks import api_finding, local_findings


async def test_a_disk_that_is_nearly_full_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_checks, "free_disk", lambda _: 80 * 1024**2)
    dirs = AppDirs.under(tmp_path)
    dirs.ensure()
    settings = load_settings(file=None, environment={})
    found = {item.name: item for item in await local_findings(dirs, settings, look_at_ports=False)}
    assert not found["disk"].ok
    assert found["disk"].message == "80 MiB are free for the data folder."
    assert found["disk"].hint == "Make room; funds are safe meanwhile."


def test_the_port_that_took_the_place_of_another_is_told() -> None:
    with bind("127.0.0.1", 0, fixed=True) as taken:
        port = taken.getsockname()[1]
        settings = load_settings(file=None, environment={"WEB_ADDRESS": f"127.0.0.1:{port}"})
        with bind("127.0.0.1", port, fixed=False) as other:
            used = other.getsockname()[1]
            found = api_finding(f"http://127.0.0.1:{used}", settings)
    assert not found.ok and found.warning
    assert found.message == f"Port {port} is used by another program; {used} is used instead."
    assert api_finding(f"http://127.0.0.1:{port}", settings).ok
