"""Keys and money."""

from node.core.errors.base import NodeError


class WalletError(NodeError):
    default_code = "wallet.error"


class NoWalletError(WalletError):
    default_code = "wallet.none"
    default_hint = "Create a wallet or import one."


class WalletExistsError(WalletError):
    default_code = "wallet.exists"
    default_hint = "Back up the present wallet before you replace it."


class WalletLockedError(WalletError):
    default_code = "wallet.locked"
    default_hint = "Unlock the wallet with its password."


class WatchOnlyError(WalletLockedError):
    """The account in use is an address without its key: nothing unlocks it."""

    default_code = "wallet.watch_only"
    default_hint = "Choose another account, or import the key of this one."


class WrongPasswordError(WalletError):
    default_code = "wallet.wrong_password"
    default_hint = "Forgotten? Restore the wallet with its recovery phrase."


class WeakPasswordError(WalletError):
    default_code = "wallet.weak_password"
    default_hint = "Use 12 or more characters, or four words."


class KeystoreFormatError(WalletError):
    default_code = "wallet.keystore_format"


class KeyringUnavailableError(WalletError):
    default_code = "wallet.keyring_unavailable"
    default_hint = "Protect the wallet with a password instead."


class FundsError(NodeError):
    default_code = "funds.error"


class NotEnoughMorError(FundsError):
    default_code = "funds.not_enough_mor"


class NotEnoughGasError(FundsError):
    default_code = "funds.not_enough_eth"
    default_hint = "Send a little ETH to this wallet; it pays the network fees."


class AllowanceError(FundsError):
    default_code = "funds.allowance"


class SpendLimitError(FundsError):
    default_code = "funds.spend_limit"
