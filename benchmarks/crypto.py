"""What the protocol's cryptography costs per chunk, one thread, nothing else running in it."""

import time
from collections.abc import Callable, Iterator

from benchmarks.rows import Row, Scale, median
from node.core.clock import SystemClock
from node.core.keccak import keccak256
from node.wallet.signer import KeySigner
from node.wire.envelope import decrypt, encrypt
from node.wire.exchange import PromptExchange
from node.wire.inbound import ChunkEncoder
from node.wire.limits import WireLimits
from node.wire.signing import peer_key

CHUNK = (
    b'{"choices":[{"delta":{"content":"word "},"finish_reason":null,"index":0}],"created":17000000,'
    b'"id":"chatcmpl-benchmark-0001","model":"bench","object":"chat.completion.chunk"}'
)
ROUNDS = 9


def run(scale: Scale) -> Iterator[Row]:
    consumer, provider = KeySigner(b"\x11" * 32), KeySigner(b"\x22" * 32)
    to_consumer, of_provider = peer_key(consumer.public_key), peer_key(provider.public_key)
    times = scale.of(400, 5)
    encode = ChunkEncoder("12345678", to_consumer, provider, SystemClock()).encode
    wire = encode(CHUNK)
    box = encrypt(to_consumer, CHUNK)
    digest = keccak256(wire)
    signature = provider.sign_message_digest(digest)

    def receive() -> None:
        exchange = PromptExchange(
            signer=consumer, provider_key=of_provider, limits=WireLimits(), request_id="12345678"
        )
        if not exchange.feed(wire) or exchange.failure is not None:
            raise RuntimeError("the chunk was refused")

    yield _row("encrypt one chunk", lambda: encrypt(to_consumer, CHUNK), times)
    yield _row("sign one digest", lambda: provider.sign_message_digest(digest), times)
    yield _row("keccak of one chunk on the wire", lambda: keccak256(wire), times)
    yield _row("provider: encrypt, sign, write out", lambda: encode(CHUNK), times)
    yield _row("verify one signature", lambda: of_provider.verifies(digest, signature), times)
    yield _row("decrypt one chunk", lambda: decrypt(consumer, box), times)
    yield _row(
        "consumer: parse, verify, decrypt", receive, times, note=f"{len(wire)} bytes on the wire"
    )


def _row(name: str, work: Callable[[], object], times: int, note: str = "") -> Row:
    """Milliseconds per call: the median of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.thread_time_ns()
        for _ in range(times):
            work()
        rounds.append((time.thread_time_ns() - began) / times / 1e6)
    return Row(name=name, value=median(rounds), unit="ms", note=note)
