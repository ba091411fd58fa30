"""(g) The conversation: opening a long one, and the time per frame while an answer streams."""

import os
import statistics
import time
from typing import Any

ANSWER = """You get **6.61 MOR** back at once; the other `5.79 MOR` are locked until midnight.

1. One item with `code` in it and enough text to wrap around to the next line of the view.
2. Another item, which is shorter.

| Place | Cost |
|---|---|
| Lisbon | 12 |
| Porto | 9 |

```python
def returned_now(stake: int, used: int, booked: int) -> int:
    \"\"\"MOR that comes back at once.\"\"\"
    return stake - stake * used // booked  # the rest stays until midnight
```

The rule resets each day at midnight UTC, so that a late close returns almost everything.

"""
FRAME_S = 0.03


def _view() -> Any:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from morpheus_desktop.theme import install_theme
    from morpheus_desktop.transcript.view import TranscriptView

    app = QApplication.instance() or QApplication([])
    install_theme(app, "light")  # type: ignore[arg-type]  # instance() is typed as the core class
    view = TranscriptView()
    view.resize(940, 700)
    view.show()
    app.processEvents()
    return app, view


def _message(number: int, text: str, *, streaming: bool = False) -> Any:
    from morpheus_desktop.transcript.messages import TranscriptMessage

    role = "assistant" if streaming or number % 2 else "user"
    return TranscriptMessage(
        id=f"m{number}", role=role, name="Model", text=text, streaming=streaming
    )


def measure_open(count: int) -> dict[str, float]:
    """Milliseconds until a chat of `count` messages stands on the screen."""
    app, view = _view()
    messages = [
        _message(number, ANSWER * 2 if number % 2 else "hello " * 60) for number in range(count)
    ]
    view.set_messages(messages[:10])
    app.processEvents()
    started = time.perf_counter()
    view.set_messages(messages)
    app.processEvents()
    took = (time.perf_counter() - started) * 1000
    view.close()
    return {"messages": count, "open_ms": round(took, 1)}


def measure_stream(
    tokens_per_second: int, seconds: float | None = None, *, tokens: int = 3000
) -> dict[str, float]:
    """Main-thread milliseconds per 30 ms frame while an answer streams.

    Its length is `tokens` words, or what arrives in `seconds`; it is not waited in between.
    """
    if seconds is not None:
        tokens = round(tokens_per_second * seconds)
    app, view = _view()
    view.set_messages([_message(0, "hello")])
    view.append_message(_message(1, "", streaming=True))
    words = (ANSWER * (tokens // 60 + 1)).split(" ")[:tokens]
    per_frame = max(1, round(tokens_per_second * FRAME_S))
    frames = []
    for at in range(0, len(words), per_frame):
        delta = " ".join(words[at : at + per_frame]) + " "
        started = time.perf_counter()
        view.append_text("m1", delta)
        view.flush()
        app.processEvents()
        frames.append((time.perf_counter() - started) * 1000)
    view.close()
    cuts = statistics.quantiles(frames, n=20)
    return {
        "tokens_per_second": tokens_per_second,
        "p50_ms": round(cuts[9], 2),
        "p95_ms": round(cuts[18], 2),
        "max_ms": round(max(frames), 2),
    }
