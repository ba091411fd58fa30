import pytest

from node.chain import identifiers
from node.core.ids import Address, BidId, ModelId, SessionId
from tests.support.vectors import load_vectors
from tests.unit.chain.values import unhex

IDS = load_vectors("contracts")["ids"]


def test_model_id():
    case = IDS["modelId"]
    found = identifiers.model_id(Address.parse(case["account"]), unhex(case["baseModelId"]))
    assert found == ModelId.parse(case["modelId"])


def test_provider_model_id():
    case = IDS["providerModelId"]
    found = identifiers.provider_model_id(
        Address.parse(case["provider"]), ModelId.parse(case["modelId"])
    )
    assert found == unhex(case["providerModelId"])


@pytest.mark.parametrize("case", IDS["bidId"])
def test_bid_id(case):
    provider, model = Address.parse(case["provider"]), ModelId.parse(case["modelId"])
    assert identifiers.bid_id(provider, model, case["nonce"]) == BidId.parse(case["bidId"])


@pytest.mark.parametrize("case", IDS["sessionId"])
def test_session_id(case):
    found = identifiers.session_id(
        Address.parse(case["user"]),
        Address.parse(case["provider"]),
        BidId.parse(case["bidId"]),
        case["sessionNonce"],
    )
    assert found == SessionId.parse(case["sessionId"])
