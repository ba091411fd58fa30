"""Each recorded HTTP exchange, played against two of our nodes on the devnet.

What differs from the recording stands in `docs/compatibility.md` with its reason; a row there that
is no longer true fails too.
"""

import json

import pytest

from tests.replay.compare import differences
from tests.replay.listed import listed
from tests.replay.player import EXCHANGES, Played

LISTED = listed("HTTP exchanges")
_NAMES = [f"{number}-{item['name']}" for number, item in enumerate(EXCHANGES)]


@pytest.mark.parametrize("number", range(len(EXCHANGES)), ids=_NAMES)
def test_exchange(played_http: dict[int, Played], number: int) -> None:
    item = played_http[number]
    problems = differences(item.expected, item.found)
    deviation = LISTED.get(item.name)
    if deviation is None:
        assert problems == [], f"{item.found.body[:600]}"
        return
    assert item.found.status == deviation.status, item.found.body[:600]
    if item.found.status >= 400 and item.found.content_type.startswith("application/json"):
        answer = json.loads(item.found.body)
        assert answer.get("providerModelError") or answer["error"]


def test_every_listed_exchange_still_differs(played_http: dict[int, Played]) -> None:
    different = {
        item.name for item in played_http.values() if differences(item.expected, item.found)
    }
    assert sorted(LISTED.keys() - different) == []
