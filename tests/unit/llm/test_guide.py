from typing import Any

import pytest

from node.core.clock import FakeClock, SystemClock
from node.core.errors import BackendRefusedError
from node.llm.guide import GuideBackend, GuideScript

_SCRIPT = GuideScript.load()


def _guide(delay_s: float = 0) -> GuideBackend:
    return GuideBackend(_SCRIPT, SystemClock(), delay_s=delay_s)


def _ask(question: Any, **fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}], **fields}


def test_there_are_about_sixty_intents_with_unique_names_and_answers() -> None:
    assert len(_SCRIPT.intents) >= 60
    assert len({intent.name for intent in _SCRIPT.intents}) == len(_SCRIPT.intents)
    assert len({intent.answer for intent in _SCRIPT.intents}) == len(_SCRIPT.intents)


def test_every_prepared_question_gets_its_own_answer() -> None:
    for intent in _SCRIPT.intents:
        for phrase in intent.phrases:
            assert _SCRIPT.answer_to(phrase) == intent.answer, phrase


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("so, what's a SESSION??", "span of time"),
        ("do i get my money back", "Yes, all of it"),
        ("Why midnight", "00:00 UTC"),
        ("what happens to my stake if I close early?", "today"),
        ("how do providers get paid", "compute pool"),
        ("how short can a session be?", "5 minutes"),
        ("can I use it without internet", ".gguf"),
        ("are you real", "not"),
        ("who can read my prompts?", "signed but not encrypted"),
        ("how much can a provider earn in a year", "own stake"),
        ("I forgot my password!", "recovery phrase"),
        ("hey", "Guide"),
        ("thanks", "welcome"),
        ("show me a table", "|---|"),
    ],
)
def test_free_questions_find_their_answer(question: str, fact: str) -> None:
    assert fact in _SCRIPT.answer_to(question)


@pytest.mark.parametrize("question", ["Are you an AI?", "who are you", "are you a chatbot?"])
def test_the_guide_says_that_it_is_a_script(question: str) -> None:
    answer = _SCRIPT.answer_to(question)
    assert "script" in answer
    assert "not an AI" in answer or "No." in answer


@pytest.mark.parametrize(
    "question", ["blargh zork", "", "explain quantum physics", "🎉", "x" * 99999]
)
def test_unknown_questions_get_suggestions_and_the_truth(question: str) -> None:
    answer = _SCRIPT.answer_to(question)
    assert "not an AI" in answer
    assert answer.count("\n- ") == 3


async def test_stream_and_plain_answer_hold_the_same_text() -> None:
    guide = _guide()
    chunks = [chunk async for chunk in guide.chat(_ask("What is a session?", stream=True))]
    (whole,) = [chunk async for chunk in guide.chat(_ask("What is a session?"))]
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert text == whole["choices"][0]["message"]["content"]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert whole["object"] == "chat.completion"
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert len(chunks) == whole["usage"]["completion_tokens"] + 2
    assert len({chunk["id"] for chunk in chunks}) == 1


async def test_the_last_question_counts_also_in_parts() -> None:
    parts = [{"type": "text", "text": "What is"}, {"type": "text", "text": "MOR?"}]
    body = _ask(parts)
    body["messages"] = [
        {"role": "user", "content": "Hello"},
        *body["messages"],
        {"role": "assistant", "content": "well"},
    ]
    (answer,) = [chunk async for chunk in _guide().chat(body)]
    assert "18\ndecimals" in answer["choices"][0]["message"]["content"]


async def test_usage_comes_last_when_asked_for() -> None:
    body = _ask("Hello", stream=True, stream_options={"include_usage": True})
    chunks = [chunk async for chunk in _guide().chat(body)]
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["prompt_tokens"] == 1


async def test_words_wait_on_the_clock() -> None:
    clock = FakeClock()
    chunks = GuideBackend(_SCRIPT, clock, delay_s=5).chat(_ask("Hello", stream=True))
    await anext(chunks)
    second = anext(chunks)
    waiting = second.__await__()
    waiting.send(None)  # runs until it sleeps
    clock.advance(5)
    with pytest.raises(StopIteration) as done:
        waiting.send(None)
    assert done.value.value["choices"][0]["delta"]["content"] == "Hello! "
    await chunks.aclose()


async def test_embeddings_are_refused() -> None:
    with pytest.raises(BackendRefusedError) as caught:
        await _guide().embeddings({"input": "x"})
    assert caught.value.status == 501


@pytest.mark.parametrize("messages", [None, "Hello", 7])
async def test_a_request_without_messages_is_refused(messages: Any) -> None:
    with pytest.raises(BackendRefusedError) as caught:
        await anext(_guide().chat({"messages": messages}))
    assert caught.value.status == 400
