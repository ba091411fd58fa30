import pytest

from node.chain.networks import demo_network
from node.chain.receipts import failure_of, read_receipt
from node.chain.rpc.answers import Fault, RpcFaultError
from node.core.errors import RpcAnswerError
from node.core.ids import Address, SessionId, TxHash
from node.core.units import Eth, Mor
from tests.support.vectors import load_vectors

VECTORS = load_vectors("contracts")
NETWORK = demo_network(
    marketplace=Address.parse(VECTORS["meta"]["diamond"]),
    token=Address.parse(VECTORS["meta"]["mor"]),
)
TX = TxHash(bytes([0x77]) * 32)
SOURCES = {"diamond": NETWORK.marketplace.hex, "mor": NETWORK.token.hex}


def log_of(sample, **changes):
    log = {
        "address": SOURCES[sample["contract"]],
        "topics": sample["topics"],
        "data": sample["data"],
    }
    return {**log, **changes}


def samples_of(operation):
    return [item for item in VECTORS["eventSamples"] if item["tx"] == operation]


def receipt(**changes):
    fields = {
        "transactionHash": TX.hex,
        "blockNumber": "0x10",
        "blockHash": "0x" + "ab" * 32,
        "status": "0x1",
        "gasUsed": "0x5208",
        "effectiveGasPrice": "0x3",
        "logs": [],
    }
    return {**fields, **changes}


def operation(event):
    return next(item["tx"] for item in VECTORS["eventSamples"] if item["event"].startswith(event))


def test_a_recorded_open_tells_session_and_stake():
    samples = samples_of(operation("SessionOpened"))
    found = read_receipt(receipt(logs=[log_of(item) for item in samples]), TX, NETWORK)
    opened = next(item for item in samples if item["event"].startswith("SessionOpened"))
    moved = next(item for item in samples if item["event"].startswith("Transfer"))
    assert found.opened == SessionId.parse(opened["decoded"]["sessionId"])
    assert found.closed is None
    assert found.transfers == (
        (
            Address.parse(moved["decoded"]["from"]),
            Address.parse(moved["decoded"]["to"]),
            Mor(int(moved["decoded"]["value"])),
        ),
    )


def test_a_recorded_close_tells_the_session_and_every_payment():
    samples = samples_of(operation("SessionClosed"))
    found = read_receipt(receipt(logs=[log_of(item) for item in samples]), TX, NETWORK)
    closed = next(item for item in samples if item["event"].startswith("SessionClosed"))
    assert found.closed == SessionId.parse(closed["decoded"]["sessionId"])
    assert len(found.transfers) == sum(item["event"].startswith("Transfer") for item in samples)


def test_events_of_other_contracts_mean_nothing():
    stranger = Address(bytes([9]) * 20).hex
    samples = samples_of(operation("SessionOpened"))
    logs = [log_of(item, address=stranger) for item in samples]
    swapped = [log_of(item, address=NETWORK.token.hex) for item in samples[-1:]]
    found = read_receipt(receipt(logs=[*logs, *swapped]), TX, NETWORK)
    assert (found.opened, found.transfers) == (None, ())


def test_odd_logs_are_skipped():
    good = log_of(samples_of(operation("SessionOpened"))[-1])
    odd = [None, {}, {**good, "topics": ["0x12"]}, {**good, "data": "zz"}, {**good, "topics": []}]
    found = read_receipt(receipt(logs=[*odd, good]), TX, NETWORK)
    assert found.opened is not None


def test_the_fee_includes_what_the_network_takes_for_data():
    assert read_receipt(receipt(), TX, NETWORK).fee == Eth(63_000)
    assert read_receipt(receipt(l1Fee="0x64"), TX, NETWORK).fee == Eth(63_100)


@pytest.mark.parametrize(
    "answer",
    [
        receipt(transactionHash="0x" + "01" * 32),
        receipt(logs=None),
        receipt(logs=[{}] * 1001),
        receipt(blockNumber=None),
        receipt(status=None),
        "receipt",
    ],
)
def test_what_is_no_receipt_of_this_transaction_is_refused(answer):
    with pytest.raises(RpcAnswerError):
        read_receipt(answer, TX, NETWORK)


async def test_a_failure_nobody_remembers_still_names_its_fee():
    class Forgetful:
        async def request(self, method, params):
            return None

    failed = read_receipt(receipt(status="0x0"), TX, NETWORK)
    error = await failure_of(Forgetful(), failed)
    assert not failed.ok
    assert error.reason == "unknown"
    assert error.details["fee_wei"] == "63000"
    assert error.details["block"] == 16


async def test_a_failure_whose_state_is_gone_still_is_a_failure():
    class Pruned:
        async def request(self, method, params):
            if method == "eth_call":
                raise RpcFaultError(Fault.MISSING_STATE, rpc_code=-32000, text="missing trie node")
            return {"from": TX.hex, "to": TX.hex, "input": "0x", "value": "0x0", "gas": "0x1"}

    failed = read_receipt(receipt(status="0x0"), TX, NETWORK)
    assert (await failure_of(Pruned(), failed)).reason == "unknown"
