"""Selectors, calldata, topics and error selectors of our contracts are those of the vectors."""

from typing import Any

import pytest
from eth_abi.abi import encode

from node.core.keccak import keccak256
from node.devnet.artifacts import artifact
from node.devnet.params import to_hex
from tests.chain.replay import FUNCTIONS, VECTORS, hexbytes, type_of

CONTRACTS = ("Diamond", "RegistryFacet", "BidFacet", "SessionFacet", "Token", "Multicall")
BUILT_IN = ("Error(string)", "Panic(uint256)")


def argument(parameter: dict[str, Any], value: Any) -> Any:
    """A sample of the vectors as `eth_abi` takes it."""
    kind = str(parameter["type"])
    if kind.endswith("[]"):
        return [argument({**parameter, "type": kind[:-2]}, item) for item in value]
    if kind == "tuple":
        parts = value.values() if isinstance(value, dict) else value
        return [argument(c, part) for c, part in zip(parameter["components"], parts, strict=True)]
    if kind.startswith(("uint", "int")):
        return int(value)
    if kind == "address" or kind.startswith("bytes"):
        return hexbytes(value)
    return value


@pytest.mark.parametrize("function", VECTORS["functions"], ids=lambda entry: entry["signature"])
def test_function_has_the_recorded_selector_and_calldata(function: dict[str, Any]) -> None:
    entry = FUNCTIONS[function["signature"]]
    assert to_hex(keccak256(function["signature"].encode())[:4]) == function["selector"]
    samples = list(function["sampleArgs"].values())
    types = [type_of(parameter) for parameter in entry["inputs"]]
    values = [argument(p, value) for p, value in zip(entry["inputs"], samples, strict=True)]
    assert function["selector"] + encode(types, values).hex() == function["callData"]


def _signatures(kind: str) -> set[str]:
    return {
        f"{entry['name']}({','.join(type_of(p) for p in entry['inputs'])})"
        for name in CONTRACTS
        for entry in artifact(name).abi
        if entry["type"] == kind
    }


def test_events_are_declared_with_their_topics() -> None:
    declared = _signatures("event")
    for event in VECTORS["eventsAbi"]:
        assert event["signature"] in declared
        assert to_hex(keccak256(event["signature"].encode())) == event["topic0"]


def test_indexed_event_arguments_are_those_of_the_vectors() -> None:
    ours = {
        f"{entry['name']}({','.join(type_of(p) for p in entry['inputs'])})": [
            parameter["indexed"] for parameter in entry["inputs"]
        ]
        for name in CONTRACTS
        for entry in artifact(name).abi
        if entry["type"] == "event"
    }
    for event in VECTORS["eventsAbi"]:
        wanted = event["full"].count(" indexed ")
        assert sum(ours[event["signature"]]) == wanted, event["signature"]


def test_errors_of_today_are_declared() -> None:
    declared = _signatures("error")
    today = [entry for entry in VECTORS["errorsAbi"] if "note" not in entry]
    assert len(today) == 36
    for error in today:
        assert error["signature"] in declared
        assert to_hex(keccak256(error["signature"].encode())[:4]) == error["selector"]


def test_no_contract_is_above_the_size_limit_of_real_chains() -> None:
    for name in CONTRACTS:
        assert 0 < len(artifact(name).code) <= 24_576
