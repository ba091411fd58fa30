"""What the user typed."""

from node.core.errors.base import NodeError


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


class FileTooLargeError(UserInputError):
    """A file exceeds what was announced or allowed."""

    default_code = "input.file_too_large"


class UploadsFullError(UserInputError):
    """Too much is being uploaded at the same time."""

    default_code = "input.uploads_full"
    default_hint = "Try again when the other uploads are done."
    default_retryable = True
