"""What a network of the user's own may be called and made of.

The same rules hold for the settings file, the facade and the fields of the window. Whoever breaks
one gets a UserInputError whose `details["field"]` names the field.
"""

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

from node.core.errors import ConfigError, InvalidAddressError, UserInputError
from node.core.ids import Address
from node.core.redaction import holds_wallet_secret
from node.core.web_address import checked_rpc_url

MAX_CHAIN_ID = 2**63 - 1
MAX_NAME, MAX_TITLE, MAX_URL, MAX_SERVERS = 32, 40, 500, 16
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_TITLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()+-]*")
_NUMBER = re.compile(r"[0-9]{1,19}")
_LOOKS_LIKE = str.maketrans("01345789", "oleastbg")
_PAIRS_LIKE = (("rn", "m"), ("vv", "w"), ("i", "l"))
_RESERVED = ("base", "arbitrum", "demo", "custom", "mainnet")


def checked_name(text: str) -> str:
    """The short name that commands and settings use. Raises UserInputError."""
    name = _plain("name", text)
    if _NAME.fullmatch(name) is None:
        raise _refused(
            "name",
            "The name of a network has small letters, digits and hyphens, 32 at most.",
            "For example my-net.",
        )
    _refuse_look_alike("name", name)
    return name


def checked_title(text: str) -> str:
    """The name that is shown: Latin letters, nothing that reads like a network of the program.

    Raises UserInputError.
    """
    title = " ".join(unicodedata.normalize("NFKC", _plain("title", text)).split())
    if not title:
        raise _refused("title", "Give the network a title.")
    if len(title) > MAX_TITLE:
        raise _refused("title", f"A title has {MAX_TITLE} characters at most.")
    loose_accent = any(unicodedata.combining(char) for char in title)
    if loose_accent or _TITLE.fullmatch(_base_letters(title)) is None:
        raise _refused(
            "title",
            "A title has Latin letters, digits, spaces and . _ ( ) + - only.",
            "Other letters could look like those of another network.",
        )
    _refuse_look_alike("title", title)
    return title


def name_for(title: str) -> str:
    """A short name made of a title; empty where nothing is left of it."""
    words = re.sub(r"[^a-z0-9]+", "-", _base_letters(title).lower()).strip("-")
    return words[:MAX_NAME].strip("-")


def same_looks(text: str) -> str:
    """Equal for names that a hasty reader takes for each other."""
    letters = _base_letters(text).lower().translate(_LOOKS_LIKE)
    looks = re.sub(r"[^a-z0-9]+", "", letters)
    for drawn, read in _PAIRS_LIKE:
        looks = looks.replace(drawn, read)
    return looks


def checked_chain_id(value: int | str) -> int:
    """From 1 to 2**63 - 1. Raises UserInputError."""
    if isinstance(value, str):
        text = _plain("chain_id", value)
        value = int(text) if _NUMBER.fullmatch(text) else 0
    if not 0 < value <= MAX_CHAIN_ID:
        raise _refused("chain_id", "A chain id is a whole number above 0.", "For example 84532.")
    return value


def checked_contract(field: str, text: str) -> Address:
    """The address of a contract. Raises UserInputError, with `input.secret` for a pasted key."""
    try:
        found = Address.parse(text, strict=True)
    except InvalidAddressError as error:
        error.details["field"] = field
        raise
    if not found:
        raise _refused(field, "The zero address is no contract.")
    return found


def checked_servers(urls: Sequence[str]) -> tuple[str, ...]:
    """Addresses of chain servers: https, or http to this computer. Raises UserInputError."""
    found = tuple(dict.fromkeys(url.strip() for url in urls if url.strip()))
    if not found:
        raise _refused("rpc_urls", "A network needs the address of a chain server.")
    if len(found) > MAX_SERVERS:
        raise _refused("rpc_urls", f"At most {MAX_SERVERS} addresses are used.")
    for url in found:
        if "://" not in url:  # some operators' access keys have 64 hex digits, as private keys do
            _plain("rpc_urls", url)
        if len(url) > MAX_URL:
            raise _refused("rpc_urls", f"An address has {MAX_URL} characters at most.")
        try:
            checked_rpc_url(url)
        except ConfigError as error:
            raise _refused("rpc_urls", error.message, error.hint) from error
    return found


def checked_explorer(text: str) -> str:
    """The address of a block explorer, empty without one. Raises UserInputError."""
    url = _plain("explorer", text)
    if not url:
        return ""
    try:
        parts = urlsplit(checked_rpc_url(url))
        is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
    except (ConfigError, ValueError):
        is_plain = False
    if not is_plain or len(url) > MAX_URL or re.search(r"[\s<>\"'\\]", url):
        raise _refused(
            "explorer",
            "The address of an explorer starts with https://.",
            "For example https://explorer.example.org; or leave it empty.",
        )
    return url.rstrip("/")


def _refuse_look_alike(field: str, text: str) -> None:
    reserved = tuple(same_looks(name) for name in _RESERVED)
    words = [same_looks(word) for word in re.split(r"[^A-Za-z0-9]+", _base_letters(text))]
    if same_looks(text).startswith(reserved) or not set(words).isdisjoint(reserved):
        raise _refused(
            field,
            "This could be mistaken for a network of the program.",
            "Choose a name of your own, without Base, Arbitrum, Demo, Custom and Mainnet.",
        )


def _plain(field: str, text: str) -> str:
    """Without the spaces around it; a pasted key or phrase is never repeated."""
    if holds_wallet_secret(text):
        raise UserInputError(
            "This looks like a private key or recovery phrase. It was not kept.",
            hint="Never share it. Clear the clipboard.",
            code="input.secret",
            details={"field": field},
        )
    return text.strip()


def _base_letters(text: str) -> str:
    """Without accents: `ä` as `a`. What is not Latin stays as it is."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(char for char in parts if not unicodedata.combining(char))


def _refused(field: str, message: str, hint: str = "") -> UserInputError:
    return UserInputError(message, hint=hint, code="input.network", details={"field": field})
