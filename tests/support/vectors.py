"""Access to the recorded vectors under `tests/vectors`."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "vectors"


def load_vectors(name: str) -> Any:
    """Return the parsed JSON of `tests/vectors/<name>.json`."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
