"""The error tree: what may go wrong, in the user's words.

Every failure that crosses a package border is a `NodeError`. `message` says what happened, `hint`
what to do next, `code` is stable (HTTP bodies, logs, docs, translations), `details` is for logs
after redaction.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class NodeError(Exception):
    """Base of all expected failures.

    `retryable` tells whether the same call may succeed later unchanged.
    """

    default_code: ClassVar[str] = "node.error"
    default_hint: ClassVar[str] = ""
    default_retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: str = "",
        retryable: bool | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint
        self.code = code or self.default_code
        self.retryable = self.default_retryable if retryable is None else retryable
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        return self.message


# --- what the user typed -------------------------------------------------------------------------


class UserInputError(NodeError):
    default_code = "input.invalid"


class InvalidAmountError(UserInputError):
    default_code = "input.amount"


class InvalidAddressError(UserInputError):
    default_code = "input.address"


class InvalidIdError(UserInputError):
    default_code = "input.id"


class InvalidMnemonicError(UserInputError):
    default_code = "input.mnemonic"


class InvalidKeyError(UserInputError):
    default_code = "input.private_key"


class InvalidDurationError(UserInputError):
    default_code = "input.duration"


class InvalidPromptError(UserInputError):
    default_code = "input.prompt"


class NoTargetError(UserInputError):
    default_code = "chat.no_target"
    default_hint = (
        "Pick a model first: the demo, a model on this computer or an offer of the market."
    )


class ChatNotFoundError(UserInputError):
    default_code = "chat.not_found"


# --- wallet --------------------------------------------------------------------------------------


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


# --- money ---------------------------------------------------------------------------------------


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


# --- chain ---------------------------------------------------------------------------------------


class ChainError(NodeError):
    default_code = "chain.error"


class RpcUnavailableError(ChainError):
    default_code = "chain.rpc_unavailable"
    default_hint = (
        "Check the internet connection. Local models still work; your funds are not affected."
    )
    default_retryable = True


class RpcAnswerError(ChainError):
    """An RPC endpoint answered something that is no valid answer."""

    default_code = "chain.rpc_answer"
    default_retryable = True


class WrongNetworkError(ChainError):
    default_code = "chain.wrong_network"


class RevertedError(ChainError):
    """A call or transaction was refused by a contract.

    `reason` is the contract's error name (`SessionTooShort`, `ERC20: insufficient allowance`, ...).
    """

    default_code = "chain.reverted"

    def __init__(self, message: str, *, reason: str, hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint, code=code, details={"reason": reason})
        self.reason = reason


class TxStuckError(ChainError):
    default_code = "chain.tx_stuck"
    default_hint = (
        "Nothing is lost: the transaction is kept and looked after also when the app is closed."
    )
    default_retryable = True


class TxReplacedError(ChainError):
    default_code = "chain.tx_replaced"
    default_hint = (
        "Another program uses this wallet. Check the transaction list before you try again."
    )


# --- market --------------------------------------------------------------------------------------


class MarketError(NodeError):
    default_code = "market.error"


class ModelNotFoundError(MarketError):
    default_code = "market.model_not_found"


class BidNotFoundError(MarketError):
    default_code = "market.bid_not_found"


class NoBidError(MarketError):
    default_code = "market.no_bid"
    default_hint = "Nobody offers this model at the moment. Choose another model."


class NoProviderError(MarketError):
    """No provider accepted. `tried` holds (provider address, reason) in the order tried."""

    default_code = "market.no_provider"
    default_hint = "Nothing was spent. Try again later or choose another model."
    default_retryable = True

    def __init__(self, message: str, *, tried: list[tuple[str, str]], hint: str = "") -> None:
        super().__init__(message, hint=hint, details={"tried": tried})
        self.tried = tried


class OwnBidError(MarketError):
    default_code = "market.own_bid"
    default_hint = "A wallet cannot buy from itself; choose another offer."


class BudgetEmptyError(MarketError):
    default_code = "market.budget_empty"
    default_hint = "The network has no compute budget today; try again after 00:00 UTC."
    default_retryable = True


class QuoteExpiredError(MarketError):
    default_code = "market.quote_expired"
    default_hint = "Look at the amounts again; nothing was sent."


class PriceChangedError(MarketError):
    default_code = "market.price_changed"
    default_hint = "Look at the amounts again; nothing was sent."


# --- sessions ------------------------------------------------------------------------------------


class SessionError(NodeError):
    default_code = "session.error"


class SessionNotFoundError(SessionError):
    default_code = "session.not_found"


class SessionExpiredError(SessionError):
    default_code = "session.expired"
    default_hint = "Open a new session to go on. The stake of an ended session comes back in full."


class SessionClosedError(SessionError):
    default_code = "session.closed"


class SessionBusyError(SessionError):
    default_code = "session.busy"
    default_hint = "Wait for the running answer or stop it."
    default_retryable = True


class SessionTooShortError(SessionError):
    default_code = "session.too_short"
    default_hint = "Sessions last at least 5 minutes."


class PayoutEmptyError(SessionError):
    """The network's payout account cannot pay the provider, so a close would be refused."""

    default_code = "session.payout_empty"
    default_hint = "Your stake is safe; the app tries again by itself."
    default_retryable = True


# --- providers -----------------------------------------------------------------------------------


class ProviderError(NodeError):
    default_code = "provider.error"


class ProviderUnreachableError(ProviderError):
    default_code = "provider.unreachable"
    default_hint = "Try again or choose another provider."
    default_retryable = True


class ProviderTimeoutError(ProviderUnreachableError):
    default_code = "provider.timeout"


class ProviderRefusedError(ProviderError):
    """The provider reported an error. Its text is unverified outside text; show it as such."""

    default_code = "provider.refused"


class ProviderModelError(ProviderError):
    """The provider's model answered an error;

    `body` is the decrypted `providerModelError` JSON value.
    """

    default_code = "provider.model_error"

    def __init__(self, message: str, *, body: Any, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.body = body


class BadSignatureError(ProviderError):
    default_code = "provider.bad_signature"
    default_hint = "Nothing was sent. Choose another provider."


class BadMessageError(ProviderError):
    """A peer sent bytes that are not a valid message of the protocol."""

    default_code = "provider.bad_message"


class MessageTooLargeError(BadMessageError):
    default_code = "provider.message_too_large"


class IncompleteAnswerError(ProviderError):
    """The answer ended before its end mark. What arrived is kept by the caller."""

    default_code = "provider.incomplete_answer"
    default_retryable = True


class AttestationError(ProviderError):
    default_code = "provider.attestation"


class EndpointRefusedError(ProviderError):
    """An endpoint string is malformed or points where we do not connect to (private ranges)."""

    default_code = "provider.endpoint_refused"


# --- model backends ------------------------------------------------------------------------------


class BackendError(NodeError):
    default_code = "backend.error"


class BackendUnavailableError(BackendError):
    default_code = "backend.unavailable"
    default_retryable = True


class BackendRefusedError(BackendError):
    """The model server answered an HTTP error.

    `status` and `body` (parsed JSON or text wrapper) are kept.
    """

    default_code = "backend.refused"

    def __init__(self, message: str, *, status: int, body: Any, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.body = body


class OutOfCapacityError(BackendError):
    default_code = "backend.capacity"
    default_retryable = True


class OutOfMemoryError(BackendError):
    default_code = "backend.no_memory"
    default_hint = "Close other programs or choose a smaller model."


class ModelFileError(BackendError):
    default_code = "backend.model_file"


class EngineError(BackendError):
    """The engine process failed; `code` is one of the worker codes prefixed with `engine.`."""

    default_code = "engine.failed"


# --- the node itself -----------------------------------------------------------------------------


class ConfigError(NodeError):
    default_code = "config.invalid"


class StorageError(NodeError):
    default_code = "storage.error"


class AddressInUseError(ConfigError):
    default_code = "config.address_in_use"


class AlreadyRunningError(ConfigError):
    default_code = "node.already_running"
    default_hint = "Close the other window or choose another data folder."


class NodeStoppedError(NodeError):
    default_code = "node.stopped"


class NotSupportedError(NodeError):
    default_code = "node.not_supported"


class AuthError(NodeError):
    default_code = "api.unauthorised"
    default_hint = "The token is in Settings > API, or in the cookie file."


class ForbiddenError(NodeError):
    default_code = "api.forbidden"


class InternalError(NodeError):
    """A fault of ours. The window offers to copy a report."""

    default_code = "node.internal"
    default_hint = "This is a fault of the app. Please report it."
