"""The demo network's well-known accounts: play money, keys public by design."""

import functools
from dataclasses import dataclass, field

from eth_account.hdaccount import seed_from_mnemonic
from eth_account.hdaccount.deterministic import HDPath
from eth_keys.datatypes import PrivateKey

from node.core.ids import Address

#: The field's public test phrase. Nobody may ever fund these accounts on a real network.
MNEMONIC = "test test test test test test test test test test test junk"
_PATH = "m/44'/60'/0'/0/{index}"

OWNER = 0
FUNDING = 1
CONSUMER = 3

_ROLES = (
    "owner",
    "funding account",
    "provider 1",
    "consumer",
    "second consumer",
    "provider 2",
    "spare",
    "provider 3",
    "provider 4",
    "spare",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """One account of the public test phrase; `private_key` has 32 bytes."""

    index: int
    role: str
    address: Address
    private_key: bytes = field(repr=False)

    @property
    def path(self) -> str:
        return _PATH.format(index=self.index)


@functools.cache
def well_known_accounts() -> tuple[DemoAccount, ...]:
    """Accounts by index; the roles of the first seven are those of the contract vectors."""
    seed = seed_from_mnemonic(MNEMONIC, "")
    accounts = []
    for index, role in enumerate(_ROLES):
        key = bytes(HDPath(_PATH.format(index=index)).derive(seed))
        address = Address(PrivateKey(key).public_key.to_canonical_address())
        accounts.append(DemoAccount(index=index, role=role, address=address, private_key=key))
    return tuple(accounts)
