"""models-config.json as users of the Go node have it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from node.core.errors import ConfigError
from node.router.models_config import (
    ApiType,
    CapacityPolicy,
    load_models_config,
    parse_models_config,
)

ID = "0xAB" + "cd" * 31


def entry(**more: Any) -> dict[str, Any]:
    return {
        "modelId": ID,
        "modelName": "m",
        "apiType": "openai",
        "apiUrl": "http://localhost:8080/v1/chat/completions",
        **more,
    }


def test_version_2() -> None:
    (model,) = parse_models_config(json.dumps({"models": [entry(concurrentSlots=8)]}))
    assert model.model_id.hex == ID.lower()
    assert (model.name, model.api_type, model.slots) == ("m", ApiType.OPENAI, 8)
    assert model.capacity_policy is CapacityPolicy.SIMPLE


def test_version_1_is_keyed_by_id() -> None:
    values = entry(capacityPolicy="idle_timeout")
    del values["modelId"]
    (model,) = parse_models_config(json.dumps({ID[2:].upper(): values}))
    assert model.model_id.hex == ID.lower()
    assert model.capacity_policy is CapacityPolicy.IDLE_TIMEOUT


def test_zero_id_is_the_default_model() -> None:
    (model,) = parse_models_config(json.dumps({"models": [entry(modelId="0x" + "0" * 64)]}))
    assert model.is_default


def test_the_key_is_not_in_the_representation() -> None:
    (model,) = parse_models_config(json.dumps({"models": [entry(apiKey="sk-hidden-key")]}))
    assert "sk-hidden-key" not in repr(model)
    assert model.api_key.get_secret_value() == "sk-hidden-key"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "JSON"),
        ("[]", "object"),
        (json.dumps({"models": [entry(modelId="0x12")]}), "modelId"),
        (json.dumps({"models": [entry(apiType="magic")]}), "apiType"),
        (json.dumps({"models": [entry(apiUrl="ftp://x")]}), "address"),
        (json.dumps({"models": [entry(concurrentSlots=-1)]}), "concurrentSlots"),
        (json.dumps({"models": [entry(), entry()]}), "twice"),
        (json.dumps({"models": [entry(apiType="llama", apiUrl="")]}), "no file"),
        (json.dumps({"models": [entry()] * 300}), "256"),
    ],
)
def test_faults_are_named(text: str, word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_models_config(text)
    assert word in f"{caught.value.message} {caught.value.hint}"


def test_no_file_means_no_models(tmp_path: Path) -> None:
    assert load_models_config(tmp_path / "none.json") == ()


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "models-config.json"
    path.write_text(json.dumps({"models": [entry()]}), "utf-8-sig")
    assert len(load_models_config(path)) == 1


def test_given_content_makes_a_missing_file_and_never_replaces_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "models.json"
    first = json.dumps({"models": [entry(apiKey="sk-hidden-key")]})
    (model,) = load_models_config(path, first)
    assert path.read_text("utf-8") == first
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    assert load_models_config(path, json.dumps({"models": []})) == (model,)
    assert path.read_text("utf-8") == first


def test_content_that_does_not_fit_is_named_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    with pytest.raises(ConfigError, match="MODELS_CONFIG_CONTENT"):
        load_models_config(path, "{")
    assert not path.exists()
