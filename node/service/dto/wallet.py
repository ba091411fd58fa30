"""Wallet, balances and transactions."""

from typing import Literal

from pydantic import SecretStr

from node.service.dto.base import Dto


class WalletStatus(Dto):
    """`kind`: `none`, `vault` (keystore file), `memory` (demo or environment key).

    With `by_keyring` the system's secret store keeps the password: an empty one unlocks.
    """

    kind: Literal["none", "vault", "memory"]
    address: str = ""
    locked: bool = False
    backed_up: bool = True
    keyring_available: bool = False
    by_keyring: bool = False


class CreateWallet(Dto):
    words: Literal[12, 24] = 12
    password: SecretStr | None = None
    use_keyring: bool = False


class CreatedWallet(Dto):
    """`phrase` is shown once to be written down; it is not kept by the caller."""

    address: str
    phrase: SecretStr


class ImportWallet(Dto):
    """Exactly one of `phrase`, `private_key`, `keystore` is given."""

    phrase: SecretStr | None = None
    passphrase: SecretStr = SecretStr("")
    path: str = ""
    account: int = 0
    private_key: SecretStr | None = None
    keystore: str | None = None
    keystore_password: SecretStr | None = None
    password: SecretStr | None = None
    use_keyring: bool = False
    replace: bool = False


class HeldStake(Dto):
    amount: int
    until: int


class MorOverview(Dto):
    """Where each MOR of the wallet is, at one block. `total` is the sum of all parts.

    `claim_stuck`: why what is `ready` was not taken back by itself, in words, and `claim_retry_at`
    when it is tried again (0: when the wallet is unlocked).
    """

    address: str
    wallet: int
    in_sessions: int
    locked: tuple[HeldStake, ...]
    ready: int
    provider_stake: int
    model_stake: int
    total: int
    eth_wei: int
    allowance: int
    block: int
    block_time: int
    claim_stuck: str = ""
    claim_retry_at: int = 0


class TransactionView(Dto):
    hash: str
    intent: str
    summary: str
    status: str
    block: int
    fee_wei: int
    created_at: int
    explorer_url: str = ""
    sender: str = ""
    to: str = ""
    value_wei: int = 0


class SendDraft(Dto):
    """A checked transfer that waits for the user's yes. `warnings` must be shown."""

    id: str
    asset: Literal["MOR", "ETH"]
    to: str
    amount: int
    fee_wei: int
    balance_after: int
    warnings: tuple[str, ...] = ()
    expires_at: int
