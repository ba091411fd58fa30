"""The recorded life of the marketplace, replayed in order with its signatures and block times.

One chain, tests in file order: each goes on where the one before stopped.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from node.devnet.accounts import DemoAccount
from node.devnet.genesis import MARKETPLACE_ADDRESS, MULTICALL_ADDRESS, REGISTRY_ADDRESS
from node.devnet.params import to_hex
from tests.chain.replay import (
    BIDS,
    MODEL,
    MOR,
    VECTORS,
    ReplayChain,
    approval_of,
    calldata,
    hexbytes,
    receipt_of,
)
from tests.chain.test_economy import check_table
from tests.support.signers import KeySigner

pytestmark = pytest.mark.chain

MODEL_ID = hexbytes(MODEL["modelId"])
BID_1 = hexbytes(BIDS[1]["bidId"])
BID_2 = hexbytes("0xe7cfd87af30a83735de129850c0879dac792a264aeb8f05cb6b3a933ffc51747")
FIRST_STATISTICS_CLOSE = 1_825_589_379
DURATION = 31_579


@pytest.fixture(scope="module")
def chain() -> Iterator[ReplayChain]:
    chain = ReplayChain()
    chain.set_up_market()
    yield chain


def test_records_after_the_set_up(chain: ReplayChain) -> None:
    structs = VECTORS["structs"]
    assert chain.read("getProvider", chain.provider1.address.raw) == structs["provider"]
    assert chain.read("getProvider", bytes(20)) == structs["unknownProvider"]
    assert chain.read("getModel", MODEL_ID) == structs["model"]
    assert chain.read("getBid", hexbytes(BIDS[0]["bidId"])) == structs["bidDeleted"]
    assert chain.read("getBid", BID_1) == structs["bidActive"]
    assert chain.read("getSession", bytes(32)) == structs["unknownSession"]
    assert [chain.read("isBidActive", hexbytes(bid["bidId"])) for bid in BIDS] == [
        False,
        True,
        False,
    ]


def test_identifiers(chain: ReplayChain) -> None:
    ids = VECTORS["ids"]
    account = hexbytes(MODEL["account"])
    assert chain.read("getModelId", account, hexbytes(MODEL["baseModelId"])) == MODEL["modelId"]
    pair = chain.read("getProviderModelId", account, MODEL_ID)
    assert pair == ids["providerModelId"]["providerModelId"]
    for bid in ids["bidId"]:
        provider = hexbytes(bid["provider"])
        assert chain.read("getBidId", provider, MODEL_ID, bid["nonce"]) == bid["bidId"]
    for session in ids["sessionId"]:
        found = chain.read(
            "getSessionId",
            hexbytes(session["user"]),
            hexbytes(session["provider"]),
            hexbytes(session["bidId"]),
            session["sessionNonce"],
        )
        assert found == session["sessionId"]
    for rule, value in ids["delegationRules"].items():
        name = "DELEGATION_RULES_" + rule.rsplit(".", 1)[1].upper()
        assert chain.read(name) == value


def test_pages(chain: ReplayChain) -> None:
    for request, expected in VECTORS["pagination"].items():
        name, offset, limit = request.replace("offset=", "").replace("limit=", "").split()
        items, total = chain.read(name, MODEL_ID, int(offset), int(limit))
        assert items == expected["0"], request
        assert total == expected["1"]


def test_reads_of_lists_and_parameters(chain: ReplayChain) -> None:
    config = VECTORS["meta"]["initialConfig"]
    assert chain.read("getProviderMinimumStake") == config["providerMinStake"]
    assert chain.read("getModelMinimumStake") == config["modelMinStake"]
    assert chain.read("getBidFee") == config["bidFee"]
    assert chain.read("getMinMaxBidPricePerSecond") == [config["minPrice"], config["maxPrice"]]
    assert chain.read("getMaxSessionDuration") == config["maxSession"]
    assert chain.read("getToken") == VECTORS["meta"]["mor"]
    assert chain.read("getFundingAccount") == chain.funding.address.checksum
    assert chain.read("getRegistry") == VECTORS["delegation"]["registry"]
    assert chain.read("getFeeBalance") == str(3 * int(config["bidFee"]))
    providers, total = chain.read("getActiveProviders", 0, 10)
    assert providers == [chain.provider1.address.checksum, chain.provider2.address.checksum]
    assert total == "2"
    assert chain.read("getActiveModelIds", 0, 10) == [[MODEL["modelId"]], "1"]


def _steps(session: dict[str, Any]) -> list[tuple[int, str, dict[str, Any]]]:
    """Opening, claims and close of one scenario in the order of their block times."""
    steps = [(session["openedAt"], "open", session)]
    for key, value in session.items():
        if key.startswith("claim"):
            steps.append((value["at"], "claim", value))
    steps.append((session["close"]["closedAt"], "close", session["close"]))
    return sorted(steps, key=lambda step: step[0])


@pytest.mark.parametrize("index", range(10), ids=lambda i: VECTORS["sessions"][i]["name"])
def test_session_to_the_wei(chain: ReplayChain, index: int) -> None:
    session = VECTORS["sessions"][index]
    for _, kind, step in _steps(session):
        if kind == "open":
            _replay_open(chain, session)
        elif kind == "claim":
            _replay_claim(chain, session, step)
        else:
            _replay_close(chain, session, step)


def _replay_open(chain: ReplayChain, session: dict[str, Any]) -> None:
    user = chain.accounts[session["user"]]
    before = chain.mor(user.address.raw)
    assert chain.read("getIsProviderApprovalUsed", hexbytes(session["approval"])) is False
    receipt = chain.expect_ok(user, hexbytes(session["openCallData"]), at=session["openedAt"])
    assert receipt["logs"][-1]["topics"][2] == session["sessionId"]
    assert chain.mor(user.address.raw) == before - int(session["stake"])
    record = chain.read("getSession", hexbytes(session["sessionId"]))
    assert record["openedAt"] == str(session["openedAt"])
    assert record["endsAt"] == str(session["endsAt"])
    assert record["isActive"] is True
    assert record["isDirectPaymentFromUser"] == session["direct"]
    assert chain.read("getIsProviderApprovalUsed", hexbytes(session["approval"])) is True


def _balances(chain: ReplayChain, session: dict[str, Any]) -> dict[str, int]:
    return {
        "user": chain.mor(hexbytes(session["user"])),
        "provider": chain.mor(hexbytes(session["provider"])),
        "funding": chain.mor(chain.funding.address.raw),
        "diamond": chain.mor(MARKETPLACE_ADDRESS.raw),
    }


def _replay_claim(chain: ReplayChain, session: dict[str, Any], claim: dict[str, Any]) -> None:
    provider = chain.accounts[session["provider"]]
    session_id = hexbytes(session["sessionId"])
    before = _balances(chain, session)
    receipt = chain.send(provider, calldata("claimForProvider", session_id), at=claim["at"])
    after = _balances(chain, session)
    assert after["provider"] - before["provider"] == int(claim["paidToProvider"])
    assert after["funding"] - before["funding"] == int(claim["fundingAccountDelta"])
    assert after["diamond"] - before["diamond"] == int(claim["diamondDelta"])
    record = chain.read("getSession", session_id)
    assert record["providerWithdrawnAmount"] == claim["session"]
    if claim["result"] == "ok":
        assert receipt["status"] == "0x1"
    else:
        assert receipt["status"] == "0x0"
        data = chain.revert_data(calldata("claimForProvider", session_id), sender=provider)
        assert f"revert {data}" == claim["result"]


def _replay_close(chain: ReplayChain, session: dict[str, Any], close: dict[str, Any]) -> None:
    user = chain.accounts[session["user"]]
    provider = hexbytes(session["provider"])
    assert chain.read("getProvidersTotalClaimed") == close["claimedBefore"]
    before = _balances(chain, session)
    chain.expect_ok(user, hexbytes(close["callData"]), at=close["closedAt"])
    after = _balances(chain, session)
    assert after["user"] - before["user"] == int(close["paidToUser"])
    assert after["provider"] - before["provider"] == int(close["paidToProvider"])
    assert after["funding"] - before["funding"] == int(close["fundingAccountDelta"])
    assert after["diamond"] - before["diamond"] == int(close["diamondDelta"])
    assert chain.read("getProvidersTotalClaimed") == close["claimedAfter"]
    available, hold = chain.read("getUserStakesOnHold", user.address.raw, 255)
    assert {"available_": available, "hold_": hold} == close["onHold"]
    assert chain.read("getSession", hexbytes(session["sessionId"])) == close["session"]
    assert chain.read("getProvider", provider) == close["provider"]
    pair = chain.read("getProviderModelStats", MODEL_ID, provider)
    assert pair == close["providerModelStats"]
    assert chain.read("getModelStats", MODEL_ID) == close["modelStats"]


def test_logs_of_the_sessions(chain: ReplayChain) -> None:
    samples = VECTORS["eventSamples"]
    first = next(i for i, s in enumerate(samples) if s["tx"].startswith("openSession"))
    end = next(i for i, s in enumerate(samples) if s["tx"] == "openSession (stats)")
    names = {"mor": VECTORS["meta"]["mor"].lower(), "diamond": VECTORS["meta"]["diamond"].lower()}
    expected = [
        {"address": names[s["contract"]], "topics": s["topics"], "data": s["data"]}
        for s in samples[first:end]
    ]
    opened = VECTORS["sessions"][0]["openedAt"]
    blocks = [b for b in chain.evm.blocks if b.header.timestamp >= opened]
    found = [
        {key: log[key] for key in ("address", "topics", "data")}
        for block in blocks
        for log in block.logs
    ]
    assert found == expected


def test_statistics(chain: ReplayChain) -> None:
    at = FIRST_STATISTICS_CLOSE - DURATION
    bids = {chain.provider1.address.checksum: BID_1, chain.provider2.address.checksum: BID_2}
    for step in VECTORS["stats"]["steps"]:
        provider = chain.accounts[step["provider"]]
        bid = bids[step["provider"]]
        session = chain.open(chain.user2, provider, bid, at=at)
        at += step["duration"]
        chain.close(
            chain.user2,
            provider,
            session,
            at=at,
            tps=step["tpsScaled1000"],
            ttft=step["ttftMs"],
        )
        at += 1
        pair = chain.read("getProviderModelStats", MODEL_ID, provider.address.raw)
        assert pair == step["providerModelStats"]
        assert chain.read("getModelStats", MODEL_ID) == step["modelStats"]


def test_economy_after_the_sessions(chain: ReplayChain) -> None:
    check_table(chain, VECTORS["economy"][2])


def test_withdrawals_of_stakes_on_hold(chain: ReplayChain) -> None:
    expected = VECTORS["withdraw"]
    user = chain.user1.address.raw
    available, hold = chain.read("getUserStakesOnHold", user, 1)
    assert {"available_": available, "hold_": hold} == expected["onHoldBefore"]
    for iterations, amount in ((1, expected["first"]), (255, expected["rest"])):
        before = chain.mor(user)
        receipt = chain.expect_ok(chain.user1, calldata("withdrawUserStakes", user, iterations))
        assert chain.mor(user) - before == int(amount)
        assert int(receipt["logs"][-1]["data"], 16) == int(amount)
    assert chain.read("getUserStakesOnHold", user, 1) == ["0", "0"]


def test_delegatee_opens_and_closes(chain: ReplayChain) -> None:
    expected = VECTORS["delegation"]
    data = hexbytes(expected["call"])
    chain.expect_ok(chain.user1, data, to=REGISTRY_ADDRESS.raw)
    delegatee, delegator = chain.spare.address.raw, chain.user1.address.raw
    rights = hexbytes(expected["rights"])
    assert chain.read("isRightsDelegated", delegatee, delegator, rights) is True
    other = hexbytes(VECTORS["ids"]["delegationRules"]["delegation.rules.provider"])
    assert chain.read("isRightsDelegated", delegatee, delegator, other) is False

    at = chain.evm.head.header.timestamp + 1
    before = chain.mor(delegator)
    session = chain.open(chain.user1, chain.provider1, BID_1, at=at, sender=chain.spare)
    assert chain.mor(delegator) - before == int(expected["tokensFrom"])
    assert chain.read("getSession", session)["user"] == expected["openedFor"]
    before = chain.mor(delegator)
    chain.close(chain.spare, chain.provider1, session, at=at + DURATION)
    assert chain.mor(delegator) - before == int(expected["closePaidUser"])


def _reverts(first: int, last: int) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = VECTORS["reverts"]
    return cases[first : last + 1]


def _sender(chain: ReplayChain, case: dict[str, Any]) -> DemoAccount | None:
    return chain.accounts[case["from"]] if "from" in case else None


def _check_reverts(chain: ReplayChain, cases: list[dict[str, Any]]) -> None:
    for case in cases:
        data = chain.revert_data(hexbytes(case["callData"]), sender=_sender(chain, case))
        expected = None if case["revertData"] == "no revert" else case["revertData"]
        assert data == expected, case["case"]


def test_refused_openings(chain: ReplayChain) -> None:
    chain.go_to(1_825_748_779)
    _check_reverts(chain, _reverts(0, 12))


def test_refused_closes(chain: ReplayChain) -> None:
    opening = VECTORS["reverts"][13]
    assert opening["case"] == "approval already used"
    chain.expect_ok(chain.user1, hexbytes(opening["callData"]), at=1_825_748_789)
    _check_reverts(chain, _reverts(13, 20))
    closing = VECTORS["reverts"][21]
    assert closing["case"] == "close twice"
    before = chain.mor(chain.user1.address.raw)
    chain.expect_ok(chain.user1, hexbytes(closing["callData"]), at=1_825_748_839)
    assert chain.mor(chain.user1.address.raw) - before == 998_416_653_465_392_901_524


def test_other_refusals(chain: ReplayChain) -> None:
    _check_reverts(chain, _reverts(21, 49))


def test_age_of_an_approval(chain: ReplayChain) -> None:
    now = chain.evm.head.header.timestamp

    def opening(signed_at: int) -> bytes:
        approval = approval_of(BID_1, chain.user1, signed_at)
        signature = KeySigner(chain.provider1.private_key).sign_blob(approval)
        return calldata(
            "openSession", chain.user1.address.raw, 1_000 * MOR, False, approval, signature
        )

    assert chain.revert_data(opening(now - 600), sender=chain.user1) is None
    assert chain.revert_data(opening(now - 601), sender=chain.user1) == "0x4db74c88"
    assert chain.revert_data(opening(now + 86_400), sender=chain.user1) is None


def test_exit(chain: ReplayChain) -> None:
    expected = VECTORS["exit"]
    provider = chain.provider1.address.raw
    chain.expect_ok(chain.provider1, calldata("deleteModelBid", BID_1), at=1_825_753_789)
    chain.expect_ok(chain.provider2, calldata("deleteModelBid", BID_2), at=1_825_753_790)
    before = chain.mor(provider)
    chain.expect_ok(chain.provider1, calldata("modelDeregister", MODEL_ID))
    assert chain.mor(provider) - before == int(expected["modelStakeBack"])
    assert chain.read("getProvider", provider) == expected["providerBefore"]
    before = chain.mor(provider)
    chain.expect_ok(chain.provider1, calldata("providerDeregister", provider))
    assert chain.mor(provider) - before == int(expected["providerStakeBack"])
    assert chain.read("getProvider", provider) == expected["providerAfter"]
    assert chain.read("getIsModelActive", MODEL_ID) is False
    assert chain.read("getIsProviderActive", provider) is False
    assert chain.read("getActiveModelIds", 0, 9) == [[], "0"]
    assert chain.read("getActiveProviders", 0, 9) == [[chain.provider2.address.checksum], "1"]


def test_multicall(chain: ReplayChain) -> None:
    recorded = VECTORS["multicall"]
    transaction = {"to": MULTICALL_ADDRESS.hex, "input": recorded["callData"]}
    answer = chain.rpc.call("eth_call", [transaction, "latest"])
    assert int(answer[2:66], 16) == chain.evm.head.header.block_number
    assert answer[66:] == recorded["returnData"][66:]


def test_stake_for_a_duration(chain: ReplayChain) -> None:
    recorded = VECTORS["stakeForDuration"]
    moment = recorded["timestamp"]
    assert chain.read("totalMORSupply", moment) == recorded["totalMORSupply"]
    assert chain.read("getTodaysBudget", moment) == recorded["todaysBudget"]
    assert chain.read("getComputeBalance", moment) == recorded["computeBalance"]
    for row in recorded["rows"]:
        price = int(row["pricePerSecond"])
        for kind in ("truncated", "exact"):
            end = chain.read("getSessionEnd", int(row[kind]), price, moment)
            assert int(end) - moment == row[f"{kind}Gives"]


def test_seven_word_receipt_is_accepted_and_kept(chain: ReplayChain) -> None:
    recorded = VECTORS["report7words"]
    chain.approve(chain.spare)
    spare = chain.spare.address.raw
    chain.expect_ok(chain.spare, calldata("providerRegister", spare, MOR, "p3.example.org:1"))
    base = bytes(31) + b"\x07"
    chain.expect_ok(
        chain.spare,
        calldata("modelRegister", spare, base, bytes(32), 0, MOR, "Seven", ["LLM"]),
    )
    model = hexbytes(chain.read("getModelId", spare, base))
    chain.expect_ok(chain.spare, calldata("postModelBid", spare, model, 10**14))
    bid = hexbytes(chain.read("getBidId", spare, model, 0))
    at = chain.evm.head.header.timestamp + 1
    session = chain.open(chain.user2, chain.spare, bid, at=at)
    chain.close(
        chain.user2, chain.spare, session, at=at + 400, tps=12345, ttft=678, extra=(100, 200)
    )
    record = chain.read("getSession", session)
    assert record["closeoutType"] == recorded["closeoutType"]
    assert len(hexbytes(record["closeoutReceipt"])) == recorded["receiptStoredBytes"]
    assert record["closeoutReceipt"] == to_hex(
        receipt_of(session, at + 400, 12345, 678, (100, 200))
    )
    stats = chain.read("getProviderModelStats", model, spare)
    assert stats["tpsScaled1000"]["mean"] == recorded["providerModelStats"]["tpsMean"]
    assert stats["ttftMs"]["mean"] == recorded["providerModelStats"]["ttftMean"]
