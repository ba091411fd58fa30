"""The figures to reach, by name of the row that measures them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`limit` must not be passed; `better` is what we would like. Units as in the row."""

    limit: float
    better: float | None = None
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def text(self) -> str:
        sign = "≥" if self.at_least else "≤"
        wish = f" ({self.better:g})" if self.better is not None else ""
        return f"{sign} {self.limit:g}{wish}"


TARGETS: dict[str, Target] = {
    "added time to first token, 1 stream, p50": Target(limit=3.0, better=1.8),
    "added delay per chunk, 1 stream, p50": Target(limit=0.6, better=0.35),
    "added delay per chunk, 1 stream, p95": Target(limit=2.0, better=1.0),
    "added delay per chunk, 32 streams, p50": Target(limit=2.0, better=1.0),
    "added delay per chunk, 32 streams, p95": Target(limit=15.0, better=6.0),
    "time per answer, 64 streams, chain / direct": Target(limit=1.15),
    "CPU per chunk, both nodes, 1 stream": Target(limit=0.30, better=0.20),
    "CPU per chunk, both nodes, 32 streams": Target(limit=0.30, better=0.20),
    "throughput, 1 stream": Target(limit=4000, better=8000, at_least=True),
    "throughput, 8 streams": Target(limit=4000, better=8000, at_least=True),
    "throughput, 32 streams": Target(limit=4000, better=8000, at_least=True),
    "whole answer of 20 words, p50": Target(limit=4.0, better=2.5),
    "memory of both nodes under 64 streams": Target(limit=400),
    "lost answers, 200 streams for a minute": Target(limit=0),
    "age of a chunk, 200 streams, p99": Target(limit=150),
    "memory grown by 200 streams, both nodes": Target(limit=50),
    "reads of the API": Target(limit=500, at_least=True),
    "a read of the API, p99": Target(limit=50),
    "first token among slow senders, p99": Target(limit=200),
    "rated bids, 1000 bids, cold": Target(limit=300),
    "rated bids, 1000 bids, 40 ms per call, cold": Target(limit=1000),
    "rated bids, 1000 bids, from cache": Target(limit=20),
    "open a session, allowance there": Target(limit=300),
    "close a session": Target(limit=200),
    "start to visible window": Target(limit=0.8, better=0.5),
    "start to node ready": Target(limit=2.0, better=1.2),
    "idle memory, window and node": Target(limit=230, better=180),
    "idle CPU, window and node": Target(limit=0.5, better=0.2),
    "idle CPU, node alone": Target(limit=0.5, better=0.2),
    "block per frame, 100 tok/s, p95": Target(limit=8),
    "block per frame, 500 tok/s, p95": Target(limit=16),
    "open a chat of 5000 messages": Target(limit=400, better=150),
}
