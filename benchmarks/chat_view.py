"""What a streaming answer and a long conversation cost the window's thread."""

from collections.abc import Iterator

from benchmarks.rows import Row, Scale
from benchmarks.transcript import measure_open, measure_stream

RATES = (100, 500)
LONG = 5000


def run(scale: Scale) -> Iterator[Row]:
    for rate in RATES[:1] if scale.quick else RATES:
        figures = measure_stream(rate, tokens=scale.of(3000, 90))
        yield Row(
            name=f"block per frame, {rate} tok/s, p95",
            value=figures["p95_ms"],
            unit="ms",
            note=f"p50 {figures['p50_ms']:g}, longest {figures['max_ms']:g}; offscreen",
        )
    count = 50 if scale.quick else LONG
    yield Row(
        name=f"open a chat of {count} messages", value=measure_open(count)["open_ms"], unit="ms"
    )
