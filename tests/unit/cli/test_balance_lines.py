"""`mor-cli wallet balance` says on whose word its figures rest."""

from typing import Any

import pytest

from node.cli.wallet import _balance_text
from node.service.dto import MorOverview


def lines(**changes: Any) -> list[str]:
    overview = MorOverview(
        address="0x" + "11" * 20,
        wallet=10**18,
        in_sessions=0,
        locked=(),
        ready=0,
        provider_stake=0,
        model_stake=0,
        total=10**18,
        eth_wei=0,
        allowance=0,
        block=1,
        block_time=1,
    )
    return _balance_text(overview.model_copy(update=changes)).splitlines()


@pytest.mark.parametrize(
    ("sources", "words"), [("one", "one server"), ("quorum", "two servers of the chain that agree")]
)
def test_the_word_of_one_server_is_called_so(sources: str, words: str) -> None:
    assert [line for line in lines(sources=sources) if words in line]


def test_a_disagreement_is_the_last_line() -> None:
    text = "Chain sources disagree about your balance. Signing is off for safety."
    assert lines(sources="quorum", disagreement=text)[-1] == f"! {text}"
    assert not [line for line in lines() if line.startswith("!")]
