"""Transactions in the form of block explorers: what came is a transfer of MOR."""

from typing import Any

import pytest

from node.http_api.transaction_shape import transactions_shape
from node.service.dto import ChainContracts, TransactionView

ME, ADA = "0x" + "11" * 20, "0x" + "Ad" * 20
CONTRACTS = ChainContracts(
    chain_id=31337, marketplace="0x" + "22" * 20, token="0x" + "33" * 20, rpc_hosts=()
)


def shaped(**changes: Any) -> dict[str, Any]:
    item = TransactionView(
        hash="0x" + "44" * 32,
        intent="received",
        summary="Received 5 MOR from Ada",
        status="mined",
        block=7,
        fee_wei=0,
        created_at=1_793_520_000,
        sender=ADA,
        to=CONTRACTS.token,
        recipient=ME,
        amount_mor=5 * 10**18,
    ).model_copy(update=changes)
    found: dict[str, Any] = transactions_shape([item], CONTRACTS).model_dump(mode="json")
    return found["transactions"][0]  # type: ignore[no-any-return]


@pytest.mark.parametrize("intent", ["received", "stake_returned", "session_pay"])
def test_what_came_names_sender_token_and_amount(intent: str) -> None:
    found = shaped(intent=intent)
    assert found["from"] == ADA.lower()
    assert found["contract"]["contractName"] == "MOR"
    (moved,) = found["transfers"]
    assert (moved["from"], moved["to"]) == (ADA.lower(), ME)
    assert int(moved["value"]) == 5 * 10**18
    assert (moved["tokenAddress"], moved["tokenSymbol"]) == (CONTRACTS.token, "MOR")


def test_a_transfer_of_eth_has_no_token() -> None:
    found = shaped(intent="send_eth", to=ADA, value_wei=3, amount_mor=0)
    (moved,) = found["transfers"]
    assert (moved["tokenAddress"], moved["tokenSymbol"], int(moved["value"])) == (None, "ETH", 3)


def test_what_the_wallet_sent_of_mor_is_in_its_summary() -> None:
    assert shaped(intent="send_mor", amount_mor=-5)["transfers"] == []
