"""Where the local HTTP API listens; filled in by the server that runs beside the node."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class ApiBinding:
    """Empty while the API does not run. `token` is a secret."""

    url: str = ""
    cookie_file: Path | None = None
    token: str = ""
