"""Looking into a wallet's folder."""

from pathlib import Path

from node.core.ids import Address


def contents(folder: Path) -> dict[str, bytes]:
    """Relative path to content of all files; empty when nothing was written."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def account_files(folder: Path) -> dict[str, Path]:
    """Files of accounts by address in lower case."""
    return {path.stem: path for path in sorted((folder / "wallets").glob("0x*.json"))}


def copy_of(folder: Path, address: Address) -> Path:
    """The second copy of an account's file."""
    return folder / "wallets" / "copies" / f"{address.hex}.json"


def the_account(folder: Path) -> Path:
    """The only account file."""
    (path,) = account_files(folder).values()
    return path
