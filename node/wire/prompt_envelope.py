"""Encrypted prompts between two nodes that both know how (`docs/protocol-extension.md`).

A provider announces `pe1` in the build metadata of its version; a consumer that read this in a
signed ping answer seals the text of its request. The fields of the protocol stay as they are.
"""

import base64
from dataclasses import dataclass
from enum import Enum

from node.core.errors import BadMessageError, NodeError
from node.core.ids import SessionId
from node.core.ports import Signer
from node.core.units import UnixMillis
from node.wire.envelope import decrypt, encrypt
from node.wire.refusals import BAD_ENVELOPE, Refusal
from node.wire.signing import PeerKey

ABILITY = "pe1"
_MARK = f"{ABILITY}:"
_DOMAIN = b"morpheus prompt envelope 1"


class SealedField(Enum):
    """What may be sealed; the values are the methods' names as in the binding."""

    PROMPT = b"session.prompt"
    TOOL_INPUT = b"agent.call_tool"
    AUDIO_PARAMETERS = b"session.prompt.stream.end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The request that an envelope belongs to; in any other one it cannot be opened.

    The session keeps other users out: they could sign a copied envelope as a request of their own
    session and have its text answered to them.
    """

    field: SealedField
    session_id: SessionId
    timestamp: UnixMillis

    @property
    def info(self) -> bytes:
        """Shared information of the key derivation (`s1` of ECIES)."""
        name = self.field.value
        head = bytes((len(_DOMAIN),)) + _DOMAIN + bytes((len(name),)) + name
        return head + self.session_id.raw + self.timestamp.to_bytes(8)


def announce(version: str) -> str:
    """The version text with the ability: SemVer build metadata, one dotted identifier of many."""
    return f"{version}{'.' if '+' in version else '+'}{ABILITY}"


def announces(version: str) -> bool:
    """Whether the version text of a verified ping answer says that envelopes are opened."""
    return ABILITY in version.partition("+")[2].split(".")


def seal(
    text: str,
    recipient: PeerKey,
    binding: Binding,
    *,
    ephemeral: bytes | None = None,
    iv: bytes | None = None,
) -> str:
    """The envelope of a request's text. `ephemeral` and `iv` are given by test vectors only."""
    sealed = encrypt(recipient, text.encode(), info=binding.info, ephemeral=ephemeral, iv=iv)
    return _MARK + base64.b64encode(sealed).decode()


def is_sealed(text: str) -> bool:
    """Whether this text is an envelope: clear requests are JSON objects and never start so."""
    return text.startswith(_MARK)


def is_not_opened(error: NodeError) -> bool:
    """Whether a provider did not know what to do with an envelope; old ones call it bad JSON."""
    text = str(error.details.get("text", ""))
    return BAD_ENVELOPE in text or "failed to unmarshal request" in text


def unseal(text: str, signer: Signer, binding: Binding) -> str:
    """The request's text as provider: opened when it is an envelope, else as it is.

    Raises:
        Refusal: an envelope that was changed, is for another key, or belongs to another request.
        WalletLockedError: the key is not at hand.
    """
    if not is_sealed(text):
        return text
    try:
        sealed = base64.b64decode(text[len(_MARK) :], validate=True)
        return decrypt(signer, sealed, info=binding.info).decode()
    except (ValueError, BadMessageError) as error:
        raise Refusal(BAD_ENVELOPE) from error
