from node.cli.wallet_pending import question_of
from node.service.dto import ReplaceDraft


def test_the_question_tells_both_outcomes_and_the_price() -> None:
    draft = ReplaceDraft(
        id="1",
        hash="0x12",
        verb="cancel",
        fee_wei=2 * 10**13,
        old_fee_wei=10**13,
        nonce=7,
        explanation=("If it is first, nothing happens.", "If not, it counts."),
        expires_at=0,
    )
    text = question_of(draft)
    assert "If it is first, nothing happens." in text
    assert "If not, it counts." in text
    assert "0.00002 ETH instead of 0.00001 ETH" in text
