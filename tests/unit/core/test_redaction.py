"""What is taken for a secret where somebody types; what logs keep is in `test_log`."""

import pytest

from node.core.redaction import holds_secret


@pytest.mark.parametrize(
    "text",
    [
        "0x" + "1f" * 32,
        f" {'1F' * 32}\n",
        "legal winner thank year",
        "Legal  Winner\u2028thank YEAR",
    ],
)
def test_keys_and_parts_of_phrases_are_seen(text: str) -> None:
    assert holds_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12.5",
        "Ada",
        "0x5B38Da6a701c568545dCfcB03FcB875f56beddC4",
        "ethereum:0x5B38Da6a701c568545dCfcB03FcB875f56beddC4@8453?value=1000000000000000000",
        "the legal department of the winner",
    ],
)
def test_addresses_amounts_and_names_are_not(text: str) -> None:
    assert not holds_secret(text)
