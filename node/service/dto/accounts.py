"""Accounts of the wallet: listing, adding, backing up and moving them."""

from typing import Literal

from pydantic import SecretStr

from node.service.dto.base import Dto

AccountKind = Literal["phrase", "key", "watch"]
PathStyle = Literal["standard", "ledger", "custom"]
RevealKind = Literal["phrase", "private_key", "keystore", "backup"]


class AccountView(Dto):
    """One account. `group` is the same for accounts of one phrase.

    `has_phrase`: the phrase is kept, so that further accounts can be added. `mor` and `eth_wei`
    are None when they were not asked for or the chain cannot be read.
    """

    address: str
    label: str
    kind: AccountKind
    group: str
    path: str = ""
    active: bool = False
    hidden: bool = False
    backed_up: bool = True
    has_phrase: bool = False
    by_keyring: bool = False
    mor: int | None = None
    eth_wei: int | None = None


class DamagedWallet(Dto):
    """A file among the wallets that cannot be used; it is left as it is."""

    path: str
    problem: str
    hint: str


class ScanRequest(Dto):
    """Which accounts to look at: those of `phrase`, or of the kept phrase of `group`.

    `style`: m/44'/60'/0'/0/i, m/44'/60'/i'/0/0, or `path`, whose last number grows (the letter i
    in it marks another place). `count` 0 goes on until five empty accounts in a row.
    """

    phrase: SecretStr | None = None
    passphrase: SecretStr = SecretStr("")
    group: str = ""
    password: SecretStr | None = None
    style: PathStyle = "standard"
    path: str = ""
    first: int = 0
    count: int = 10


class FoundAccount(Dto):
    """`known`: it is in the wallet already. Amounts are None when the chain cannot be read."""

    path: str
    index: int
    address: str
    mor: int | None = None
    eth_wei: int | None = None
    known: bool = False


class AddAccount(Dto):
    """A further account of the kept phrase of `group`. `path` empty: the next standard one."""

    group: str
    path: str = ""
    label: str = ""
    password: SecretStr | None = None


class RevealRequest(Dto):
    """`password` is that of the wallet, asked every time; None when the secret store keeps it.

    `new_password` protects a `keystore`, or a `backup` of a wallet without password of its own.
    """

    what: RevealKind
    password: SecretStr | None = None
    new_password: SecretStr | None = None


class Revealed(Dto):
    """`file_name`: proposed name for a file of `text`. `passphrase`: of BIP-39, with a phrase."""

    text: SecretStr
    file_name: str
    passphrase: SecretStr = SecretStr("")


class BackupQuestion(Dto):
    """Which of the `choices` is the word at `position` (from 1)?"""

    position: int
    choices: tuple[str, ...]


class PeerWallet(Dto):
    """What a Go node keeps in this system's secret store. `path`: derivation path of a phrase."""

    found: bool
    kind: Literal["", "phrase", "private_key"] = ""
    address: str = ""
    path: str = ""
