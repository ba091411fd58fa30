"""The pictures for reviewers can be made, in both themes and sizes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from morpheus_desktop.shots import SCENES, SIZES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_scene_is_rendered_in_both_themes_and_sizes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "morpheus_desktop.shots", str(tmp_path), "chat-card"],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    images = {path.name: QImage(str(path)) for path in tmp_path.iterdir()}
    assert set(images) == {
        "chat-card-light.png",
        "chat-card-dark.png",
        "chat-card-small-light.png",
        "chat-card-small-dark.png",
    }
    sizes = {image.size().toTuple() for image in images.values()}
    assert sizes == set(SIZES)
    light, dark = (
        images[f"chat-card-{mode}.png"].pixelColor(640, 300).lightness()
        for mode in ("light", "dark")
    )
    assert light > 200
    assert dark < 60


def test_every_page_of_the_rail_has_a_scene() -> None:
    assert {"welcome", "chat", "market", "sessions", "wallet", "local", "settings"} <= set(SCENES)
