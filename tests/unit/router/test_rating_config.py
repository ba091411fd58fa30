"""rating-config.json as users of the Go node have it."""

import json
from pathlib import Path
from typing import Any

import pytest

from node.core.errors import ConfigError
from node.router.rating_config import load_rating_config, parse_rating_config
from tests.support.vectors import load_vectors

REFUSED = [case for case in load_vectors("rating")["cases"] if case.get("expect_error")]
ROUNDED = "on paper"
ONE = "0x6aBE1d282f72B474E54527D93b979A4f64d3030a"
TWO = "0x7431aDa8a591C955a994a21710752EF9b882b8e3"


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"][:40])
def test_what_the_public_node_refuses_but_for_rounding(case: dict[str, Any]) -> None:
    text = json.dumps(case["config"])
    if ROUNDED in case["name"]:
        assert parse_rating_config(text).weights.ttft == 0.2
        return
    with pytest.raises(ConfigError):
        parse_rating_config(text)


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("", 1, ""),
        ("[]", 1, ""),
        ('{"params":\n 3}', 1, "params"),
        ('{\n"algorithm": "best"}', 2, "algorithm"),
        ('{"providerAllowlist":[\n"x"]}', 2, "providerAllowlist[0]"),
        ('{"params": {"weights": {\n"tps": "1"}}}', 2, "params.weights.tps"),
        ('{"params": {\n"weights": {"tps": 0.9}}}', 2, "params.weights"),
        ('{"params": {"weights": {"tps": 1.5,\n "ttft": -0.5}}}', 2, "params.weights.ttft"),
    ],
)
def test_faults_are_told_with_line_and_field(text: str, line: int, field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rating_config(text)
    assert f"rating-config.json, line {line}" in caught.value.message
    assert caught.value.details["field"] == field
    assert caught.value.hint


def test_no_file_means_defaults(tmp_path: Path) -> None:
    config = load_rating_config(tmp_path / "absent.json", [TWO])
    assert config.weights.success == 0.32
    assert [address.checksum for address in config.allow_list] == [TWO]


def test_allowed_providers_of_file_and_environment_are_joined(tmp_path: Path) -> None:
    file = tmp_path / "rating-config.json"
    file.write_text(json.dumps({"providerAllowlist": [ONE.lower()]}), "utf-8-sig")
    found = load_rating_config(file, [TWO]).allow_list
    assert {address.checksum for address in found} == {ONE, TWO}


def test_a_weight_that_is_not_named_is_nothing() -> None:
    weights = parse_rating_config('{"params": {"weights": {"stake": 1}}}').weights
    assert (weights.stake, weights.success) == (1.0, 0.0)


def test_an_entry_of_the_environment_that_is_no_address_is_named() -> None:
    with pytest.raises(ConfigError, match="PROVIDER_ALLOW_LIST"):
        parse_rating_config("{}", ["0x12"])
