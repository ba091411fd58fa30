"""Reading a wallet file that the user chose, before anything is known about it."""

from pathlib import Path

from node.core.errors import KeystoreFormatError

MAX_BYTES = 1024 * 1024


def read_keystore(file: Path) -> str:
    """Text of a keystore, not yet checked. Blocks.

    Raises:
        KeystoreFormatError: this is too large for a keystore, is no text, or cannot be read.
    """
    try:
        if not file.is_file() or file.stat().st_size > MAX_BYTES:
            raise KeystoreFormatError(f"{file.name} is not a wallet file (version 3 keystore).")
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KeystoreFormatError(
            f"{file.name} cannot be read.", details={"cause": str(error)}
        ) from error
