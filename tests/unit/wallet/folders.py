"""Looking into a wallet's folder."""

from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    """File name to content; empty when nothing was written."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}
