"""What is entered for a network of the user's own, and what is wrong with it at first sight."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import SecretStr

from node.core import network_rules as rules
from node.core.errors import NodeError, UserInputError
from node.service.dto import NetworkDraft

FIELDS = ("title", "chain_id", "marketplace", "token", "rpc_urls", "explorer", "is_test")
"""Names as in `NodeError.details["field"]`, from the top of the form to its end."""
_ALIASES = {"name": "title"}
"""The short name is made of the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkForm:
    """The texts as they were typed. Addresses of servers may hold keys: no repr shows them."""

    title: str
    chain_id: str
    marketplace: str
    token: str
    servers: tuple[str, ...] = field(repr=False)
    explorer: str
    is_test: bool

    def problems(self) -> dict[str, str]:
        """What is wrong, by field in the order of `FIELDS`; all at once, without any server."""
        checks: tuple[tuple[str, Callable[[], object]], ...] = (
            ("title", lambda: rules.checked_title(self.title)),
            ("chain_id", lambda: rules.checked_chain_id(self.chain_id)),
            ("marketplace", lambda: _contract("marketplace", self.marketplace)),
            ("token", self._checked_token),
            ("rpc_urls", lambda: rules.checked_servers(self.servers)),
            ("explorer", lambda: rules.checked_explorer(self.explorer)),
        )
        found: dict[str, str] = {}
        for name, check in checks:
            try:
                check()
            except UserInputError as error:
                found[name] = words_of(error)
        return found

    def draft(self) -> NetworkDraft:
        """For the node. Raises UserInputError where the chain id is none."""
        return NetworkDraft(
            name="",
            title=self.title.strip(),
            chain_id=rules.checked_chain_id(self.chain_id),
            marketplace=self.marketplace.strip(),
            token=self.token.strip(),
            rpc_urls=tuple(SecretStr(url.strip()) for url in self.servers if url.strip()),
            explorer=self.explorer.strip(),
            is_test=self.is_test,
        )

    def _checked_token(self) -> None:
        _contract("token", self.token)
        if self.token.strip().lower() == self.marketplace.strip().lower():
            raise UserInputError("Marketplace and token are two contracts.")


def field_of(error: NodeError) -> str:
    """The field that an error is about, empty for none of the form."""
    name = str(error.details.get("field", ""))
    name = _ALIASES.get(name, name)
    return name if name in FIELDS else ""


def words_of(error: NodeError) -> str:
    return f"{error.message} {error.hint}".strip()


def _contract(name: str, text: str) -> None:
    if not text.strip():
        raise UserInputError("Enter the address of the contract.")
    rules.checked_contract(name, text.strip())
