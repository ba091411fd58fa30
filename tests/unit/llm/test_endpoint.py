import pytest

from node.core.errors import ConfigError
from node.llm.endpoint import messages_url, server_urls


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080",
        "http://127.0.0.1:8080/",
        " http://127.0.0.1:8080/v1 ",
        "http://127.0.0.1:8080/v1/",
        "http://127.0.0.1:8080/v1/chat/completions",
        "http://127.0.0.1:8080/v1/embeddings",
        "http://127.0.0.1:8080/v1/audio/speech",
        "http://127.0.0.1:8080/v1/audio/transcriptions",
        "http://127.0.0.1:8080/v1/models",
    ],
)
def test_base_and_full_addresses_mean_the_same_server(url: str) -> None:
    urls = server_urls(url)
    assert urls.chat == "http://127.0.0.1:8080/v1/chat/completions"
    assert urls.embeddings == "http://127.0.0.1:8080/v1/embeddings"
    assert urls.speech == "http://127.0.0.1:8080/v1/audio/speech"
    assert urls.transcriptions == "http://127.0.0.1:8080/v1/audio/transcriptions"
    assert urls.models == "http://127.0.0.1:8080/v1/models"


def test_versioned_base_below_a_path_and_query_are_kept() -> None:
    urls = server_urls("https://api.example.org/api/v1?tenant=7")
    assert urls.chat == "https://api.example.org/api/v1/chat/completions?tenant=7"


def test_other_paths_are_taken_as_they_stand() -> None:
    urls = server_urls("https://gpu.example.org/run/it")
    for kind in (urls.chat, urls.embeddings, urls.speech, urls.transcriptions):
        assert kind == "https://gpu.example.org/run/it"


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("https://api.example.org", "https://api.example.org/v1/messages"),
        ("https://api.example.org/v1/", "https://api.example.org/v1/messages"),
        ("https://api.example.org/v1/messages", "https://api.example.org/v1/messages"),
        ("https://api.example.org/relay?t=1", "https://api.example.org/relay?t=1"),
    ],
)
def test_addresses_of_the_messages_api(url: str, full: str) -> None:
    assert messages_url(url) == full


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/v1",
        "host:8080",
        "",
        "http://",
        "http://user:pass@host/v1",
        "http://host:99999/v1",
        "http://169.254.169.254/latest",
        "http://[fd00:ec2::254]/v1",
        "http://[::ffff:169.254.169.254]/v1",
    ],
)
def test_unusable_addresses_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        server_urls(url)
    assert "pass" not in caught.value.message
    assert caught.value.code == "config.backend_url"
