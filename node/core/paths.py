"""Folders and files of the program:

Per-OS folders, or everything under one folder (`--home`, `MORPHEUS_HOME`).
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from node.core.errors import StorageError
from node.core.private_files import make_folder

APP_NAME = "Morpheus Desktop"


def resource_path(*parts: str) -> Path:
    """Path of a file shipped with the program, in a source tree and a frozen bundle alike."""
    frozen = getattr(sys, "_MEIPASS", None)
    root = Path(frozen) if frozen else Path(__file__).resolve().parents[2]
    return root.joinpath("resources", *parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppDirs:
    """Folders of one profile. `ensure` makes them with mode 0700."""

    config: Path
    data: Path
    state: Path
    logs: Path
    cache: Path

    @classmethod
    def under(cls, home: Path) -> "AppDirs":
        """Everything below one folder: tests, portable mode, reproduction of faults."""
        base = home.expanduser().absolute()
        return cls(
            config=base / "config",
            data=base / "data",
            state=base / "state",
            logs=base / "logs",
            cache=base / "cache",
        )

    @classmethod
    def default(cls) -> "AppDirs":
        """`MORPHEUS_HOME` when set, else the folders of the operating system."""
        home = os.environ.get("MORPHEUS_HOME")
        if home:
            return cls.under(Path(home))
        import platformdirs

        dirs = platformdirs.PlatformDirs(APP_NAME, appauthor=False)
        return cls(
            config=Path(dirs.user_config_dir),
            data=Path(dirs.user_data_dir),
            state=Path(dirs.user_state_dir) / "state",
            logs=Path(dirs.user_log_dir) / "logs",
            cache=Path(dirs.user_cache_dir),
        )

    def ensure(self) -> None:
        """Create the folders, private to the user.

        Raises:
            StorageError: a folder cannot be made or written (code `storage.not_writable`).
        """
        for folder in (self.config, self.data, self.state, self.logs, self.cache):
            try:
                make_folder(folder)
                if os.name == "posix":
                    folder.chmod(0o700)
            except OSError as error:
                raise StorageError(
                    f"The folder {folder} cannot be used.",
                    hint="Choose another data folder with --home.",
                    code="storage.not_writable",
                ) from error
            if not os.access(folder, os.W_OK):
                raise StorageError(
                    f"The folder {folder} cannot be written.",
                    hint="Choose another data folder with --home.",
                    code="storage.not_writable",
                )

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.toml"

    @property
    def journal_db(self) -> Path:
        return self.data / "journal.db"

    @property
    def chats_db(self) -> Path:
        return self.data / "chats.db"

    @property
    def clients_db(self) -> Path:
        return self.data / "clients.db"

    @property
    def keystore(self) -> Path:
        return self.data / "keystore"

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def agents_config(self) -> Path:
        return self.config / "agents-config.json"

    @property
    def models_config(self) -> Path:
        return self.data / "models-config.json"

    @property
    def cookie_file(self) -> Path:
        return self.state / "cookie"

    @property
    def users_file(self) -> Path:
        """Users of the HTTP API beside the admin, in the public node's format."""
        return self.config / "proxy.conf"

    @property
    def lock_file(self) -> Path:
        return self.state / "lock"

    @property
    def uploads(self) -> Path:
        """Files that outsiders upload, while they are used."""
        return self.state / "uploads"

    @property
    def runtime_file(self) -> Path:
        """Address and port of the running node's HTTP API, for `mor-cli` on this computer."""
        return self.state / "runtime.json"


def write_private(path: Path, content: bytes) -> None:
    """Replace a file atomically, mode 0600, flushed to the disk before the old one goes."""
    temporary = path.with_name(path.name + ".tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(temporary, path)  # noqa: PTH105 - same call on all systems, keeps the mode
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
