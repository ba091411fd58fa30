"""What a caller of the API may do."""

from dataclasses import dataclass

from node.core.permissions import Permission, Scope, permissions_of

__all__ = ["LOOPBACK_ONLY", "Permission", "Principal", "Scope", "permissions_of"]

LOOPBACK_ONLY = frozenset({Permission.SET_WALLET, Permission.REMOVE_WALLET, Permission.NODE})
"""Keys and secrets cross these routes: never from another computer, whatever the API is bound to.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who calls. `bearer` callers get OpenAI's shapes on `/v1/*`.

    `is_admin`: the user of the cookie, who spends without an allowance.
    """

    name: str
    permissions: frozenset[Permission]
    bearer: bool = False
    is_admin: bool = False

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def client(self) -> str:
        """Name to count spending under; empty for the admin, who is not limited."""
        return "" if self.is_admin else self.name
