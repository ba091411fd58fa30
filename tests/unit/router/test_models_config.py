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
    ModelEntry,
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


def parsed(*entries: dict[str, Any]) -> tuple[ModelEntry, ...]:
    return parse_models_config(json.dumps({"models": entries})).entries


def test_version_2() -> None:
    (model,) = parsed(entry(concurrentSlots=8))
    assert model.model_id.hex == ID.lower()
    assert (model.name, model.api_type, model.slots) == ("m", ApiType.OPENAI, 8)
    assert model.capacity_policy is CapacityPolicy.SIMPLE


def test_version_1_is_keyed_by_id() -> None:
    values = entry(capacityPolicy="idle_timeout")
    del values["modelId"]
    (model,) = parse_models_config(json.dumps({ID[2:].upper(): values})).entries
    assert model.model_id.hex == ID.lower()
    assert model.capacity_policy is CapacityPolicy.IDLE_TIMEOUT


def test_zero_id_is_the_default_model() -> None:
    (model,) = parsed(entry(modelId="0x" + "0" * 64))
    assert model.is_default


def test_the_key_is_not_in_the_representation() -> None:
    (model,) = parsed(entry(apiKey="sk-hidden-key"))
    assert "sk-hidden-key" not in repr(model)
    assert model.api_key.get_secret_value() == "sk-hidden-key"


def lines(*rows: dict[str, Any]) -> str:
    """A file in which entry n stands in line n + 1."""
    return '{"models": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]}"


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("", "line 1", "JSON"),
        ("[]", "line 1", "object"),
        ('{"models": {}}', "line 1: models", "list"),
        (lines(entry(), entry(modelId="0x12")), "line 3: models[1].modelId", "64 hex digits"),
        (lines(entry(apiType="magic")), "line 2: models[0].apiType", "openai"),
        (lines(entry(apiUrl="ftp://x")), "line 2: models[0].apiUrl", "http://"),
        (lines(entry(apiUrl="https://")), "line 2: models[0].apiUrl", "host"),
        (lines(entry(concurrentSlots=-1)), "line 2: models[0].concurrentSlots", "0"),
        (lines(entry(capacityPolicy="most")), "models[0].capacityPolicy", "simple"),
        (lines(entry(), entry(modelId=ID[2:].lower())), "line 3: models[1]", "twice"),
        (lines(entry(apiType="llama", apiUrl="")), "line 2: models[0].path", ".gguf"),
        (lines(*[entry()] * 300), "line 1", "256"),
        (json.dumps({"0x12": entry()}), "line 1: 0x12", "64 hex digits"),
        ('{\n"models": [3]}', "line 2: models[0]", "object"),
    ],
)
def test_faults_are_told_with_line_and_field(text: str, place: str, word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_models_config(text)
    assert f"models-config.json, {place}" in caught.value.message or place in caught.value.message
    assert word in caught.value.hint


def test_models_that_make_pictures_are_left_out_and_told() -> None:
    config = parse_models_config(lines(entry(apiType="prodia-sdxl"), entry()))
    assert [model.model_id.hex for model in config.entries] == [ID.lower()]
    (notice,) = config.notices
    assert "line 2" in notice
    assert "prodia-sdxl" in notice


def test_no_file_means_no_models(tmp_path: Path) -> None:
    assert load_models_config(tmp_path / "none.json").entries == ()


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "models-config.json"
    path.write_text(json.dumps({"models": [entry()]}), "utf-8-sig")
    assert len(load_models_config(path).entries) == 1


def test_given_content_makes_a_missing_file_and_never_replaces_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "models.json"
    first = json.dumps({"models": [entry(apiKey="sk-hidden-key")]})
    (model,) = load_models_config(path, first).entries
    assert path.read_text("utf-8") == first
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    assert load_models_config(path, json.dumps({"models": []})).entries == (model,)
    assert path.read_text("utf-8") == first


def test_content_that_does_not_fit_is_named_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    with pytest.raises(ConfigError, match="MODELS_CONFIG_CONTENT"):
        load_models_config(path, "{")
    assert not path.exists()
