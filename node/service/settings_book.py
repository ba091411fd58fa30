"""The settings in force, and saving them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from node.core.settings import NodeSettings, load_settings, save_settings


class SettingsBook:
    """`current` starts with what the program was started with; a saved field replaces its value.

    Fields that need a restart are stored at once and take effect at the next start.
    """

    def __init__(self, *, file: Path, started_with: NodeSettings) -> None:
        self._file = file
        self._followers: list[Callable[[NodeSettings], None]] = []
        self.current = started_with

    def follow(self, use: Callable[[NodeSettings], None]) -> None:
        """Call `use` with the settings in force after each change; it takes no time."""
        self._followers.append(use)

    def is_fixed(self, name: str) -> bool:
        """Whether a flag or the environment decides this setting, whatever the file says.

        Raises ConfigError when the file cannot be read.
        """
        return bool(getattr(self.current, name) != self.stored(name))

    def stored(self, name: str) -> Any:
        """What the file says now, or the default. Raises ConfigError when it cannot be read."""
        return getattr(load_settings(file=self._file, environment={}), name)

    def save(self, values: Mapping[str, Any]) -> NodeSettings:
        """Validate as a whole, write, and use. Raises ConfigError; then nothing has changed."""
        saved = save_settings(self._file, values)
        self.current = self.current.model_copy(
            update={name: getattr(saved, name) for name in values}
        )
        for use in self._followers:
            use(self.current)
        return self.current
