"""Vectors of the prompt envelope, made from `docs/protocol-extension.md`, not by the node's code.

`python -m tests.support.envelope_vectors` writes `tests/vectors/prompt-envelope.json` anew.
"""

import base64
import hashlib
import hmac
import json
from typing import Any

from coincurve import PrivateKey
from Crypto.Hash import keccak
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.vectors import FOLDER, load_vectors

DOMAIN = b"morpheus prompt envelope 1"
NAME = "prompt-envelope"
_KEYS = load_vectors("keys")

SESSION = "05" * 32
OTHER_SESSION = "06" * 32
TIME = 1_760_000_000_123
CHAT = '{"messages":[{"content":"What is MOR? <&> \u00e9 \U0001f600","role":"user"}],"stream":true}'
TOOL_INPUT = '{"city":"Oslo"}'
AUDIO = '{"FilePath":"","Format":"json","Language":"","type":"audio_transcription"}'

VERSIONS = {
    "morpheus-desktop/1.2.3+pe1": True,
    "morpheus-desktop/1.2.3+build.7.pe1": True,
    "1.0.0+pe1.xyz9": True,
    "morpheus-desktop/1.2.3": False,
    "v5.1.0": False,
    "": False,
    "pe1": False,
    "1.0.0-pe1": False,
    "1.0.0+pe10": False,
    "1.0.0+PE1": False,
}


def binding(method: str, session: str, timestamp: int) -> bytes:
    name = method.encode()
    head = bytes([len(DOMAIN)]) + DOMAIN + bytes([len(name)]) + name
    return head + bytes.fromhex(session) + timestamp.to_bytes(8, "big")


def _private(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(scalar), ec.SECP256K1())


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def ecies(recipient: bytes, plaintext: bytes, info: bytes, ephemeral: bytes, iv: bytes) -> bytes:
    """go-ethereum's ECIES with `s1` = info and empty `s2`."""
    secret = _private(ephemeral)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), recipient)
    shared = secret.exchange(ec.ECDH(), point)
    derived = hashlib.sha256(b"\x00\x00\x00\x01" + shared + info).digest()
    body = iv + Cipher(AES(derived[:16]), CTR(iv)).encryptor().update(plaintext)
    tag = hmac.digest(hashlib.sha256(derived[16:]).digest(), body, "sha256")
    return _point(secret) + body + tag


def _request(method: str, message: str) -> dict[str, str]:
    """The signed request as it crosses the network; the signed form is the protocol's own."""
    fields: dict[str, Any] = {"sessionid": f"0x{SESSION}", "message": message, "timestamp": TIME}
    canonical = json.dumps(fields, separators=(",", ":")).encode()
    digest = keccak.new(digest_bits=256, data=canonical).digest()
    key = PrivateKey(bytes.fromhex(_KEYS["consumer"]["private_key"][2:]))
    signature = "0x" + key.sign_recoverable(digest, hasher=None).hex()
    params = {"signature": signature, **fields}
    wire = json.dumps({"id": "1", "method": method, "params": params}, separators=(",", ":"))
    return {"canonical": canonical.decode(), "wire": wire}


def _case(number: int, method: str, plaintext: str) -> dict[str, Any]:
    ephemeral = hashlib.sha256(b"ephemeral %d" % number).digest()
    iv = hashlib.sha256(b"iv %d" % number).digest()[:16]
    info = binding(method, SESSION, TIME)
    recipient = bytes.fromhex(_KEYS["provider"]["public_key_uncompressed"][2:])
    sealed = ecies(recipient, plaintext.encode(), info, ephemeral, iv)
    case: dict[str, Any] = {
        "method": method,
        "session": f"0x{SESSION}",
        "timestamp": TIME,
        "plaintext": plaintext,
        "ephemeral_private_key": f"0x{ephemeral.hex()}",
        "iv": f"0x{iv.hex()}",
        "binding": f"0x{info.hex()}",
        "ciphertext": f"0x{sealed.hex()}",
        "envelope": "pe1:" + base64.b64encode(sealed).decode(),
    }
    if method == "session.prompt":
        case["request"] = _request(method, case["envelope"])
    return case


def _refused(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Envelopes that must not be opened as `session.prompt` of the given session and time."""
    raw = bytes.fromhex(case["ciphertext"][2:])
    envelope = case["envelope"]

    def text(changed: bytes) -> str:
        return "pe1:" + base64.b64encode(changed).decode()

    right = {"method": case["method"], "session": case["session"], "timestamp": TIME}
    return [
        {"why": "another session", "envelope": envelope, **right, "session": f"0x{OTHER_SESSION}"},
        {"why": "another time", "envelope": envelope, **right, "timestamp": TIME + 1},
        {"why": "another method", "envelope": envelope, **right, "method": "agent.call_tool"},
        {"why": "changed tag", "envelope": text(raw[:-1] + bytes([raw[-1] ^ 1])), **right},
        {
            "why": "changed text",
            "envelope": text(raw[:85] + bytes([raw[85] ^ 1]) + raw[86:]),
            **right,
        },
        {"why": "too short", "envelope": text(raw[:112]), **right},
        {"why": "not base64", "envelope": "pe1:!" + envelope[5:], **right},
        {"why": "empty", "envelope": "pe1:", **right},
    ]


def vectors() -> dict[str, Any]:
    cases = [
        _case(1, "session.prompt", CHAT),
        _case(2, "agent.call_tool", TOOL_INPUT),
        _case(3, "session.prompt.stream.end", AUDIO),
    ]
    return {
        "note": "Keys: consumer and provider of keys.json. Sealed to the provider's public key.",
        "versions": VERSIONS,
        "sealed": cases,
        "refused": _refused(cases[0]),
    }


def as_text() -> str:
    return json.dumps(vectors(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    (FOLDER / f"{NAME}.json").write_text(as_text(), "utf-8")
