"""Lists of users: what they let in, and what they refuse to be."""

import json

import pytest

from node.core.errors import ConfigError
from node.core.ids import Address
from node.core.settings import load_settings
from node.router.models_config import parse_models_config
from node.router.user_rules import UserRules, rules_of, user_rules

ONE, TWO = (Address(bytes(19) + bytes([number])) for number in (1, 2))
CHECKSUMMED = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
TYPO = "0xf39fd6e51aad88F6F4ce6aB8827279cffFb92266"


@pytest.mark.parametrize(
    ("allowed", "denied", "one", "two"),
    [
        ((), (), True, True),
        ((ONE,), (), True, False),
        ((), (ONE,), False, True),
        ((ONE,), (ONE,), False, False),
    ],
)
def test_denied_wins_and_an_empty_list_lets_everybody_in(
    allowed: tuple[Address, ...], denied: tuple[Address, ...], one: bool, two: bool
) -> None:
    rules = UserRules(allowed=frozenset(allowed), denied=frozenset(denied))
    assert (rules.permits(ONE), rules.permits(TWO)) == (one, two)


def test_settings_hold_addresses_only_and_a_typo_is_told() -> None:
    found = load_settings(
        file=None, environment={"MORPHEUS_PROVIDER_DENY_USERS": f"{CHECKSUMMED.lower()}, {ONE.hex}"}
    )
    assert found.provider_deny_users == (CHECKSUMMED, ONE.checksum)
    assert not user_rules((), found.provider_deny_users).permits(ONE)
    for wrong in (TYPO, "0x12", "alice"):
        with pytest.raises(ConfigError):
            load_settings(file=None, environment={"MORPHEUS_PROVIDER_ALLOW_USERS": wrong})
        with pytest.raises(ConfigError, match="no address"):
            user_rules((wrong,), ())


def models_file(**members: object) -> str:
    entry = {"modelId": "0x" + "01" * 32, "modelName": "Own", "apiType": "guide", **members}
    return json.dumps({"models": [entry]})


def test_a_model_has_lists_of_its_own() -> None:
    text = models_file(allowUsers=[CHECKSUMMED], denyUsers=[ONE.hex])
    (entry,) = parse_models_config(text).entries
    assert rules_of(entry).permits(Address.parse(CHECKSUMMED))
    assert not rules_of(entry).permits(ONE)
    assert not rules_of(entry).permits(TWO)
    with pytest.raises(ConfigError, match="allowUsers"):
        parse_models_config(models_file(allowUsers=[TYPO]))


def test_places_are_those_of_the_server_else_the_slots() -> None:
    def places(**members: object) -> int:
        return parse_models_config(models_file(**members)).entries[0].places

    assert places() == 0
    assert places(concurrentSlots=8) == 8
    assert places(concurrentSlots=8, parallelRequests=2) == 2
