"""Makes outside text safe to show: names, tags and error texts come from anybody."""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_SPACES = re.compile(r"\s+")
MAX_NAME = 80
MAX_TAG = 64
MAX_TAGS = 64
UNKNOWN_KIND = "UNKNOWN"
_KINDS = (
    ("STT", {"stt", "transcribe", "s2t", "speech", "speech-to-text", "speech2text"}),
    ("TTS", {"tts", "text-to-speech", "text2speech", "t2s"}),
    ("EMBEDDING", {"embedding", "embeddings"}),
    ("LLM", {"llm", "textgeneration", "text2text", "text-to-text", "t2t"}),
)


def clean_text(text: str, limit: int) -> str:
    """Return `text` in NFC without control, bidi, zero-width and tag characters, cut to `limit`."""
    flat = _SPACES.sub(" ", text)
    shown = _INVISIBLE.sub("", unicodedata.normalize("NFC", flat)).strip()
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def clean_name(text: str) -> str:
    """A model's name for display; never empty."""
    return clean_text(text, MAX_NAME) or "(no name)"


def clean_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(shown for tag in tags[:MAX_TAGS] if (shown := clean_text(tag, MAX_TAG)))


def model_kind(tags: tuple[str, ...]) -> str:
    """Kind by the first matching tag, as the public node decides it."""
    for tag in tags:
        for kind, words in _KINDS:
            if tag.lower() in words:
                return kind
    return UNKNOWN_KIND
