"""What must never stand in a log: keys, phrases, passwords, tokens, prompts, secrets of addresses.

Fields are judged by their name first, then by their content; sentences by content alone. This is
the second line of defence: nothing secret is handed to a logger in the first place.
"""

import functools
import re
from collections import deque
from collections.abc import MutableMapping
from importlib.resources import files
from typing import Any

MAX_LINE = 4096
MAX_ITEMS = 50
_MAX_READ = 16 * MAX_LINE
"""More of a text is not looked at; what is kept lies far from that cut."""
PHRASE_WORDS = 4
"""So many words of the BIP-39 list in a row are taken for a part of a recovery phrase."""
_SECRET_KEY = re.compile(
    r"(pass|secret|token(?!s|izer)|mnemonic|phrase|private|authori[sz]ation|cookie|api_?key|prompt"
    r"|answer|content|messages?$|body)",
    re.IGNORECASE,
)
_HASH_KEY = re.compile(r"(hash|_id|^id|block|address|session|model|bid|tx)$", re.IGNORECASE)
SHORTEST_PHRASE = 12
_KEY = re.compile(r"(?<![0-9a-fA-F])(?:0x)?[0-9a-fA-F]{64}(?![0-9a-fA-F])")
_BARE_KEY = re.compile(r"(?<![0-9a-fA-FxX])[0-9a-fA-F]{64}(?![0-9a-fA-F])")
_LONG_HEX = re.compile(r"(?<![0-9a-fA-F])(?:0x)?[0-9a-fA-F]{64,}")
_WORDS = re.compile(r"[A-Za-z]+")
_BETWEEN = re.compile(r"[\s\d.,:;|\"'\[\]()#_-]+")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/=_.~-]+", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_URL_TAIL = re.compile(r"\b((?:https?|wss?)://[^/?#\s\"']+)[/?#][^\s\"']*", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"\b(password|passphrase|secret|api[_-]?key|access[_-]?token|private[_-]?key|mnemonic)"
    r"(['\"]?\s*[=:]\s*)(['\"]?)[^\s,'\"&]+",
    re.IGNORECASE,
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_OWN_KEYS = frozenset({"_record", "_from_structlog"})
"""Put there by structlog and removed before rendering."""
_INPUT_VALUE = re.compile(r"input_value=.*?(?=, input_type=|\]|$)", re.DOTALL)
"""How pydantic quotes what did not fit: it may be a whole request."""


@functools.cache
def _phrase_words() -> frozenset[str]:
    # The list lies beside the wallet; reading the file imports nothing of it.
    text = files("node").joinpath("wallet", "bip39_english.txt").read_text(encoding="ascii")
    return frozenset(text.split())


def redact_text(text: str) -> str:
    """`text` without what looks like a key, a phrase, a token or the tail of a URL.

    Control characters go too: a terminal would obey them.
    """
    return _cleaned(text[:_MAX_READ])[:MAX_LINE]


def holds_secret(text: str) -> bool:
    """Whether `text`, typed where none belongs, looks like a private key or part of a phrase."""
    read = text[:_MAX_READ]
    return _LONG_HEX.search(read) is not None or _without_phrases(read) != read


def holds_wallet_secret(text: str) -> bool:
    """Whether a message for others holds what opens a wallet: a private key, or as many words of
    the list in a row as the shortest phrase has, one of them perhaps mistyped. Prose has fewer."""
    return _KEY.search(text) is not None or _holds_phrase(text)


def holds_secret_in_note(text: str) -> bool:
    """As `holds_wallet_secret`, for notes: the id of a transaction, which looks like a key, may
    stand there among words, when it is written with its 0x.
    """
    beside, found = _KEY.subn("", text)
    if found and (_BARE_KEY.search(text) or not any(char.isalnum() for char in beside)):
        return True
    return _holds_phrase(text)


def _holds_phrase(text: str) -> bool:
    known, end = _phrase_words(), 0
    newest: deque[bool] = deque(maxlen=SHORTEST_PHRASE)
    for word in _WORDS.finditer(text):
        if newest and not _BETWEEN.fullmatch(text, end, word.start()):
            newest.clear()
        end = word.end()
        newest.append(word[0].lower() in known)
        if sum(newest) >= SHORTEST_PHRASE - 1 and len(newest) == SHORTEST_PHRASE:
            return True
    return False


def _cleaned(text: str) -> str:
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    text = _INPUT_VALUE.sub("input_value=[removed]", text)
    text = _BEARER.sub(r"\1 [removed]", text)
    text = _ASSIGNED.sub(r"\1\2[removed]", text)
    text = _USER_INFO.sub("", text)
    text = _URL_TAIL.sub(r"\1/…", text)
    text = _LONG_HEX.sub("[hex removed]", text)
    return _without_phrases(text)


def _without_phrases(text: str) -> str:
    known = _phrase_words()
    runs: list[tuple[int, int]] = []
    start, end, count = 0, 0, 0
    for word in _WORDS.finditer(text):
        if word[0].lower() not in known:
            count = 0
            continue
        joined = count and _BETWEEN.fullmatch(text, end, word.start())
        start, count = (start, count + 1) if joined else (word.start(), 1)
        end = word.end()
        if count == PHRASE_WORDS:
            runs.append((start, end))
        elif count > PHRASE_WORDS:
            runs[-1] = (start, end)
    for first, last in reversed(runs):
        text = f"{text[:first]}[words removed]{text[last:]}"
    return text


def redact_value(key: str, value: Any) -> Any:
    """A field's value, fit for a log."""
    if _SECRET_KEY.search(key) and not isinstance(value, bool | int | float | None):
        return f"[{len(value)} removed]" if isinstance(value, str | bytes) else "[removed]"
    if isinstance(value, str):
        return value[:MAX_LINE] if _HASH_KEY.search(key) and _is_id(value) else redact_text(value)
    if isinstance(value, bytes):
        return f"[{len(value)} bytes]"
    if isinstance(value, dict):
        return {str(name): redact_value(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(key, item) for item in list(value)[:MAX_ITEMS]]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact_text(str(value))


def _is_id(value: str) -> bool:
    """Ids and hashes are public; a sentence in such a field is not."""
    return len(value) <= 66 and not any(mark in value for mark in " /@:")


def redact_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """structlog processor: redact every field. Runs last before rendering."""
    for key in list(event):
        if key in _OWN_KEYS:
            continue
        if key == "exception":
            # Of a trace the end matters.
            event[key] = _cleaned(str(event[key])[-_MAX_READ:])[-MAX_LINE:]
            continue
        event[key] = (
            redact_text(str(event[key])) if key == "event" else redact_value(key, event[key])
        )
    return _fitted(event)


def _fitted(event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Shorten the longest texts until all fit in one line."""
    texts = {key: value for key, value in event.items() if isinstance(value, str)}
    excess = sum(len(value) for value in texts.values()) - MAX_LINE
    while excess > 0:
        key = max(texts, key=lambda name: len(texts[name]))
        keep = max(len(texts[key]) - excess - 1, 64)
        if keep + 1 >= len(texts[key]):
            break
        cut = f"…{texts[key][-keep:]}" if key == "exception" else f"{texts[key][:keep]}…"
        excess -= len(texts[key]) - len(cut)
        event[key] = texts[key] = cut
    return event
