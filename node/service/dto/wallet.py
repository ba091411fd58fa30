"""Wallet, balances and transactions."""

from typing import Literal

from pydantic import SecretStr

from node.service.dto.accounts import DamagedWallet
from node.service.dto.base import Dto


class WalletStatus(Dto):
    """`kind`: `none`, `vault` (keystore file), `memory` (demo or environment key).

    With `by_keyring` the system's secret store keeps the password: an empty one unlocks.
    `watch_only`: the account has no key here, so nothing can be signed or unlocked. `backed_up` is
    false for a created phrase until its words were asked back. `idle_left_s`: until it locks
    itself, None for never. `wait_s`: until the next password is taken. `damaged`: files among the
    wallets that cannot be used.
    """

    kind: Literal["none", "vault", "memory"]
    address: str = ""
    label: str = ""
    locked: bool = False
    backed_up: bool = True
    keyring_available: bool = False
    by_keyring: bool = False
    watch_only: bool = False
    has_phrase: bool = False
    group: str = ""
    path: str = ""
    idle_left_s: int | None = None
    wait_s: int = 0
    damaged: tuple[DamagedWallet, ...] = ()


class CreateWallet(Dto):
    """`add` makes it beside the wallets that are there; without it a present one is an error."""

    words: Literal[12, 24] = 12
    label: str = ""
    add: bool = False
    password: SecretStr | None = None
    use_keyring: bool = False


class CreatedWallet(Dto):
    """`phrase` is shown once to be written down; it is not kept by the caller."""

    address: str
    phrase: SecretStr


class ImportWallet(Dto):
    """Exactly one of `phrase`, `private_key`, `keystore`, `backup`, `from_peer` is given.

    `paths`: further accounts of the phrase to add at once. `keep_phrase` stores the phrase,
    encrypted, so that accounts can be added later. `keystore_password` also opens a `backup`,
    whose accounts keep it unless a new protection is given. `from_peer` takes what a Go node left
    in the system's secret store. With a wallet there, `replace` puts the new one in its place (the
    old file is copied aside) and `add` puts it beside; a backup is always put beside.
    """

    phrase: SecretStr | None = None
    passphrase: SecretStr = SecretStr("")
    path: str = ""
    account: int = 0
    paths: tuple[str, ...] = ()
    keep_phrase: bool = False
    label: str = ""
    backup: str | None = None
    from_peer: bool = False
    private_key: SecretStr | None = None
    keystore: str | None = None
    keystore_password: SecretStr | None = None
    password: SecretStr | None = None
    use_keyring: bool = False
    replace: bool = False
    add: bool = False


class HeldStake(Dto):
    amount: int
    until: int


class MorOverview(Dto):
    """Where each MOR of the wallet is, at one block. `total` is the sum of all parts.

    `claim_stuck`: why what is `ready` was not taken back by itself, in words, and `claim_retry_at`
    when it is tried again (0: when the wallet is unlocked).
    Not in `total`, because not the wallet's at this block: `claimable`, pay that sessions served
    here would bring now, and `in_flight`, MOR that is still in `wallet` and leaves it with
    transactions that wait for a block. `sources`: `quorum` when several servers agreed on what is
    shown; `disagreement`: in words what they disagree about, then nothing is signed.
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
    claimable: int = 0
    in_flight: int = 0
    sources: Literal["one", "quorum"] = "one"
    disagreement: str = ""


class TransactionView(Dto):
    """`purpose` says in words what it was for. `amount_mor`: what it brought the wallet (above 0)
    or took from it (below 0); while it waits, what it will take. `recipient`: who gets a transfer
    (of MOR, `to` is the token), empty where nobody does. `label`: the user's own note.
    `replaced_by`: hash of another transaction of the same `nonce`: while this one waits the newest,
    afterwards the one that counts. `confirmations`: blocks from its own to the newest one seen.
    `final`: no reorganisation is expected to undo it. `can_replace`: `draft_replace` may be used.
    `held_up`: why it waits for a number of the account that nothing uses, and what to do; mostly
    empty.

    A row of what others sent (`intent` `received`, `dust`, `stake_returned`, `session_pay`) has no
    nonce and no fee of the wallet's; `sender` is who sent the MOR, empty for dust, and `recipient`
    the wallet.
    """

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
    purpose: str = ""
    amount_mor: int = 0
    recipient: str = ""
    label: str = ""
    nonce: int = 0
    replaced_by: str = ""
    confirmations: int = 0
    final: bool = False
    can_replace: bool = False
    held_up: str = ""
