"""The configuration files that a running node follows: models, rating and agents."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from node.core.clock import Clock
from node.core.events import EventBus, LocalModelsChanged, MarketChanged
from node.router.agents import Agents
from node.router.agents_config import load_agents_config
from node.router.backends import Backends
from node.router.models_config import load_models_config
from node.router.rating import RatingBook
from node.router.rating_config import load_rating_config
from node.service.config_watch import ConfigWatch, WatchedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveConfig:
    """Puts new contents of the files in force. `rating_file` None: none is configured."""

    models_file: Path
    rating_file: Path | None
    agents_file: Path
    allowed: tuple[str, ...]
    backends: Backends
    agents: Agents
    rating: RatingBook
    bus: EventBus
    port_is_closed: bool

    def watch(self, clock: Clock) -> ConfigWatch:
        """A watch of these files; the caller runs it."""
        files = [
            WatchedFile(name="models file", path=self.models_file, apply=self._models),
            WatchedFile(name="agents file", path=self.agents_file, apply=self._agents),
        ]
        if self.rating_file is not None:
            files.append(WatchedFile(name="rating file", path=self.rating_file, apply=self._rating))
        return ConfigWatch(files=files, bus=self.bus, clock=clock)

    async def _models(self) -> str:
        config = await asyncio.to_thread(load_models_config, self.models_file)
        before = {entry.model_id for entry in self.backends.entries()}
        await self.backends.replace(config.entries)
        self.bus.publish(LocalModelsChanged())
        after = {entry.model_id for entry in self.backends.entries()}
        told = (
            f"{len(config.entries)} models, {len(after - before)} new, {len(before - after)} gone"
        )
        if self.port_is_closed and any(entry.model_id for entry in config.entries):
            told += "; the provider's port opens at the next start"
        return "; ".join((told, *config.notices))

    async def _agents(self) -> str:
        entries = await asyncio.to_thread(load_agents_config, self.agents_file)
        self.agents.replace(entries)
        return f"{len(entries)} agents"

    async def _rating(self) -> str:
        self.rating.current = await asyncio.to_thread(
            load_rating_config, self.rating_file, self.allowed
        )
        self.bus.publish(MarketChanged())
        return "the next quotes use the new rating"
