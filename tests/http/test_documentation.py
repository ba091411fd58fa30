"""The OpenAPI document and its page: complete, true, and without any other computer."""

import json
from typing import Any

import pytest

from node.core.http_client import HttpClient, open_http_client
from node.core.paths import resource_path
from tests.http.conftest import Hosted
from tests.http.operations import OPERATIONS

METHODS = {"get", "post", "delete", "put", "patch"}


@pytest.fixture
async def document(basic: HttpClient) -> Any:
    return (await basic.get("/swagger/doc.json")).json()


def operations(document: Any) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(references(item) for item in value))
    return set()


async def test_every_operation_says_what_it_does_and_needs(document: Any) -> None:
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert operation.get("description"), where
        assert operation["tags"], where
        assert operation["x-permission"], where
        assert "default" in operation["responses"], where
        assert "200" in operation["responses"], where
        assert "422" not in operation["responses"], where
    names = [operation["operationId"] for *_, operation in operations(document)]
    assert len(names) == len(set(names))


async def test_only_these_are_open(document: Any) -> None:
    opened = {path for _, path, item in operations(document) if item["x-permission"] == "open"}
    assert opened == {"/healthcheck", "/auth/cookie/path", "/auth/users/request"}
    assert document["security"] == [{"cookie": []}, {"token": []}]


async def test_all_references_lead_somewhere(document: Any) -> None:
    for reference in references(document):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


async def test_the_door_of_the_command_line_is_not_documented(document: Any) -> None:
    assert not [path for _, path, _ in operations(document) if path.startswith("/node")]


async def test_answers_are_described_by_their_members(document: Any) -> None:
    """A class of answer that the framework takes for plain text would say "string" everywhere."""
    for method, path, operation in operations(document):
        kinds = operation["responses"]["200"]["content"]
        if path == "/v1/audio/speech":
            assert all(item.startswith("audio/") for item in kinds)
            continue
        (kind,) = [item for item in kinds if "json" in item]
        schema = operation["responses"]["200"]["content"][kind]["schema"]
        assert kind == "application/json", (method, path)
        assert schema.get("type") != "string", (method, path)


async def test_routes_for_existing_clients_are_there(document: Any) -> None:
    found = {(method, path) for method, path, _ in operations(document)}
    assert found == set(OPERATIONS)


async def test_the_page_loads_from_this_node_alone(basic: HttpClient) -> None:
    page = await basic.get("/swagger/index.html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http:" not in page.text
    assert "https:" not in page.text
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        assert f'"{name}"' in page.text
        assert (await basic.get(f"/swagger/{name}")).status_code == 200
    assert "unsafe-eval" not in policy
    assert "script-src 'self';" in policy


@pytest.mark.parametrize("name", ["LICENSE", "..%2f..%2fpyproject.toml", "x.js", "%2e%2e"])
async def test_nothing_else_is_served(basic: HttpClient, name: str) -> None:
    assert (await basic.get(f"/swagger/{name}")).status_code == 404


async def test_the_page_is_for_known_callers(hosted: Hosted) -> None:
    async with open_http_client(base_url=hosted.url) as stranger:
        for name in ("index.html", "doc.json", "start.js"):
            reply = await stranger.get(f"/swagger/{name}")
            assert reply.status_code == 401
            assert reply.headers["www-authenticate"].startswith("Basic ")
        assert "www-authenticate" not in (await stranger.get("/wallet")).headers


def test_the_files_come_with_their_licence() -> None:
    assert "Apache License" in resource_path("swagger", "LICENSE").read_text()


async def test_documented_integers_are_exact(document: Any) -> None:
    session = document["components"]["schemas"]["SessionShape"]["properties"]
    assert session["Stake"]["type"] == "integer"
    provider = document["components"]["schemas"]["ProviderShape"]["properties"]
    assert provider["Stake"]["type"] == "string"
    assert json.dumps(document)
