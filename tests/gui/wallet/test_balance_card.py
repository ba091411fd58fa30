"""The parts of the bar, and what is said beside it."""

import pytest

from morpheus_desktop.pages.wallet.balance_card import balance_parts, eth_words, side_notes
from morpheus_desktop.pages.wallet.presenter import session_fee
from node.service.dto import TransactionView
from tests.fakes import sample_data
from tests.fakes.sample_market import NOW

ETH = 10**18


def test_the_parts_sum_up_to_the_total_and_say_when_they_come_back() -> None:
    overview = sample_data.overview()
    parts = balance_parts(overview, NOW + 3600, NOW)
    assert sum(part.value for part in parts) == overview.total
    notes = {part.name: part.note for part in parts}
    assert notes["In wallet"] == "free to use"
    assert notes["In sessions"].startswith("next back")
    assert "in 10" in notes["Locked"]
    assert "Provider stake" not in notes


def test_a_host_sees_the_stake_of_hosting() -> None:
    overview = sample_data.overview().model_copy(update={"provider_stake": 1, "model_stake": 2})
    names = [part.name for part in balance_parts(overview, 0, NOW)]
    assert names[-2:] == ["Provider stake", "Model stake"]


def test_what_is_not_in_the_sum_is_said() -> None:
    overview = sample_data.overview()
    assert side_notes(overview, NOW) == ""
    changed = overview.model_copy(
        update={
            "in_flight": 5 * ETH,
            "claimable": 2 * ETH,
            "claim_stuck": "the network cannot pay at the moment.",
            "claim_retry_at": NOW + 600,
            "sources": "quorum",
        }
    )
    notes = side_notes(changed, NOW)
    assert "5.00\u00a0MOR are on their way out" in notes
    assert "2.00\u00a0MOR of pay" in notes
    assert "the network cannot pay at the moment. It is tried again at" in notes
    assert "Several servers agree" in notes


@pytest.mark.parametrize(
    ("wei", "fee", "words"),
    [
        (0, 7, "No ETH: network fees cannot be paid"),
        (ETH, 0, "1.0000\u00a0ETH for network fees"),
        (6, 7, "0.000000000000000006\u00a0ETH: hardly enough for the fees of a session"),
        (ETH, ETH // 137, "1.0000\u00a0ETH pays the fees of about 130 sessions"),
        (ETH, 1, "1.0000\u00a0ETH pays the fees of about 10\u202f000 and more sessions"),
    ],
)
def test_eth_is_told_by_what_it_pays_for(wei: int, fee: int, words: str) -> None:
    assert eth_words(wei, fee) == words


def view(intent: str, fee: int) -> TransactionView:
    return TransactionView(
        hash="0x01", intent=intent, summary="", status="mined", block=1, fee_wei=fee, created_at=NOW
    )


def test_a_session_costs_what_the_last_ones_did() -> None:
    assert session_fee([view("approve", 10), view("send_mor", 99)]) == 0
    assert session_fee([view("open_session", 30)]) == 60
    lately = [view("open_session", 20), view("open_session", 40), view("open_session", 0)]
    assert session_fee([*lately, view("approve", 5), view("close_session", 25)]) == 5 + 30 + 25
