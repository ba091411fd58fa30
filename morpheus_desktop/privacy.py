"""How prompts cross the network, in words. The provider itself reads them in every case."""

from node.service.dto import PromptPrivacy

_WORDS: dict[PromptPrivacy, str] = {
    "encrypted": "Encrypted both ways",
    "readable": "Answers encrypted, prompts readable on the network",
    "withdrawn": "No longer takes encrypted prompts",
    "unknown": "Answers encrypted, prompts only if the provider can",
}


def privacy_words(privacy: PromptPrivacy) -> str:
    return _WORDS[privacy]


def audio_note(privacy: PromptPrivacy) -> str:
    """What encryption leaves out: pieces of an audio file; empty where nothing was promised."""
    return "Uploaded audio is readable on the network." if privacy == "encrypted" else ""


def privacy_icon(privacy: PromptPrivacy) -> str:
    """A closed lock only for what is known to be encrypted."""
    return "lock" if privacy == "encrypted" else "lock-open"
