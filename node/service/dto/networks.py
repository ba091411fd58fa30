"""Networks of the user's own: what is entered, and what was found there."""

from pydantic import SecretStr

from node.service.dto.base import Dto
from node.service.dto.servers import ServerAnswer


class NetworkDraft(Dto):
    """A network as it was entered. `rpc_urls` may carry access keys. `explorer` may be empty.

    `is_test`: its MOR is worth nothing, so that guards against loss are looser.
    """

    name: str
    title: str
    chain_id: int
    marketplace: str
    token: str
    rpc_urls: tuple[SecretStr, ...]
    explorer: str = ""
    is_test: bool = False


class NetworkCheck(Dto):
    """Every server answered as it should. `notes` are what the user should know before."""

    servers: tuple[ServerAnswer, ...]
    notes: tuple[str, ...] = ()
