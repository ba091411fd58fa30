"""What all networks of one profile share."""

from dataclasses import dataclass

from node import __version__
from node.core.clock import Clock
from node.core.events import EventBus
from node.core.paths import AppDirs
from node.core.settings import NodeSettings
from node.core.spool import Spool
from node.router.agents import Agents
from node.router.backends import Backends
from node.router.rating import RatingSource
from node.service.config_watch import ConfigWatch
from node.service.settings_book import SettingsBook
from node.store.db import Database
from node.wallet.vault import Vault

VERSION = f"morpheus-desktop/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Built by `node.service.local.open_node`, which also closes what is inside.

    `settings` are those of the start, `book.current` those in force.
    """

    dirs: AppDirs
    spool: Spool
    settings: NodeSettings
    book: SettingsBook
    clock: Clock
    bus: EventBus
    vault: Vault
    backends: Backends
    agents: Agents
    config: ConfigWatch
    rating: RatingSource
    journal: Database
