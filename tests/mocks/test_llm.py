"""The model answers by rule, whatever was asked before."""

import json
import math
from random import Random

import pytest

from production_testers.mocks.services import MockLlm, ServiceError, ToolCall, count_tokens
from production_testers.model.errors import UsageError

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "properties": {
                "city": {"type": "string"},
                "days": {"type": "integer"},
                "unit": {"enum": ["C", "F"]},
            }
        },
    },
}


def chat(model, *messages, **more):
    said = [{"role": role, "content": content} for role, content in messages]
    return model.handle("chat", {"messages": said, **more}, Random(1))


def answer(reply):
    return reply["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        (" \n", 0),
        ("four", 1),
        ("fiver", 2),
        ("a b", 2),
        ("Hi, you!", 4),
        ("\u00e9t\u00e9", 1),
    ],
)
def test_tokens_are_groups_of_four_and_signs(text, tokens):
    assert count_tokens(text) == tokens


def test_a_scripted_answer_comes_first_and_the_first_that_fits():
    model = MockLlm(1, {r"refund": "Within 30 days.", r".": "other"})
    assert answer(chat(model, ("user", "What of a REFUND?"))) == "Within 30 days."
    assert answer(chat(model, ("user", "Anything else?"))) == "other"


def test_without_a_script_the_sentence_that_shares_most_words_is_the_answer():
    context = "Shipping takes two days. Refunds are paid within thirty days. We like dogs."
    reply = chat(MockLlm(1), ("system", context), ("user", "When are refunds paid?"))
    assert answer(reply) == "Refunds are paid within thirty days."


def test_without_a_context_it_echoes():
    assert answer(chat(MockLlm(1), ("user", "Ping?"))) == "You said: Ping?"


def test_usage_counts_prompt_and_answer():
    reply = chat(MockLlm(1, {"ping": "pong pong"}), ("system", "four"), ("user", "ping"))
    assert reply["usage"] == {"prompt_tokens": 8, "completion_tokens": 2, "total_tokens": 10}
    assert reply["choices"][0]["finish_reason"] == "stop"


def test_max_tokens_cuts_and_says_length():
    reply = chat(MockLlm(1, {"go": "one two ten"}), ("user", "go"), max_tokens=2)
    assert answer(reply) == "one two"
    assert reply["choices"][0]["finish_reason"] == "length"
    assert reply["usage"]["completion_tokens"] == 2
    exact = chat(MockLlm(1, {"go": "one two ten"}), ("user", "go"), max_tokens=3)
    assert exact["choices"][0]["finish_reason"] == "stop"


def test_a_scripted_tool_is_called_only_when_it_is_offered():
    model = MockLlm(1, {"weather": ToolCall(name="get_weather", arguments={"city": "Bonn"})})
    choice = chat(model, ("user", "weather?"), tools=[WEATHER])["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    function = choice["message"]["tool_calls"][0]["function"]
    assert (function["name"], json.loads(function["arguments"])) == (
        "get_weather",
        {"city": "Bonn"},
    )
    assert answer(chat(model, ("user", "weather?"))) == "You said: weather?"


def test_a_forced_tool_gets_arguments_that_fit_its_schema():
    for choice in ("required", {"type": "function", "function": {"name": "get_weather"}}):
        reply = chat(MockLlm(1), ("user", "go"), tools=[WEATHER], tool_choice=choice)
        function = reply["choices"][0]["message"]["tool_calls"][0]["function"]
        assert json.loads(function["arguments"]) == {"city": "example", "days": 1, "unit": "C"}
    other = {"type": "function", "function": {"name": "nope"}}
    with pytest.raises(ServiceError, match="get_weather"):
        chat(MockLlm(1), ("user", "go"), tools=[WEATHER], tool_choice=other)


def test_a_tools_result_is_the_answer():
    assert answer(chat(MockLlm(1), ("user", "weather?"), ("tool", "12 degrees"))) == "12 degrees"


def test_content_may_come_in_parts():
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    assert answer(chat(MockLlm(1), ("user", parts))) == "You said: one\ntwo"


def test_the_answer_does_not_depend_on_what_was_asked_before():
    fresh, used = MockLlm(5), MockLlm(5)
    for number in range(5):
        chat(used, ("user", f"noise {number}"))
    assert chat(used, ("user", "Now?")) == chat(fresh, ("user", "Now?"))
    assert chat(MockLlm(6), ("user", "Now?"))["id"] != chat(fresh, ("user", "Now?"))["id"]


def test_a_prompt_over_the_window_is_refused():
    model = MockLlm(1, context_window=5)
    chat(model, ("user", "a b"))
    with pytest.raises(ServiceError, match="context_length_exceeded: The prompt has 6 tokens"):
        chat(model, ("user", "a b c"))


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"messages": []},
        {"messages": ["hi"]},
        {"messages": [{"role": "robot", "content": "hi"}]},
        {"messages": [{"role": "user", "content": 3}]},
        {"messages": [{"role": "user", "content": []}]},
        {"messages": [{"role": "user", "content": [{"type": "image"}]}]},
        {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 0},
        {"messages": [{"role": "user", "content": "hi"}], "tools": [{}]},
    ],
)
def test_a_request_that_is_none_is_refused(payload):
    with pytest.raises(ServiceError, match="bad_request"):
        MockLlm(1).handle("chat", payload, Random(1))


def test_an_answer_key_must_be_a_regular_expression():
    with pytest.raises(UsageError, match=r"'\(' is no regular expression"):
        MockLlm(1, {"(": "x"})


def vectors(model, *texts):
    data = model.handle("embed", {"input": list(texts)}, Random(1))["data"]
    return [item["embedding"] for item in data]


def test_embeddings_have_length_one_and_similar_texts_are_nearer():
    base, near, far = vectors(
        MockLlm(1),
        "The invoice was paid on Monday",
        "The invoices were paid on Monday.",
        "Penguins cannot fly over glaciers",
    )
    assert all(math.isclose(math.hypot(*vector), 1.0) for vector in (base, near, far))
    dot = lambda a, b: sum(x * y for x, y in zip(a, b, strict=True))  # noqa: E731
    assert dot(base, near) > 0.6
    assert dot(base, far) < 0.4


def test_embeddings_belong_to_the_seed_and_accept_any_text():
    assert vectors(MockLlm(1), "same") == vectors(MockLlm(1), "same")
    assert vectors(MockLlm(1), "same") != vectors(MockLlm(2), "same")
    for vector in vectors(MockLlm(1), "", "x", "\U0001f980", "\ud800"):
        assert math.isclose(math.hypot(*vector), 1.0)
    single = MockLlm(1).handle("embed", {"input": "same"}, Random(1))
    assert single["data"][0]["embedding"] == vectors(MockLlm(1), "same")[0]
    with pytest.raises(ServiceError, match=r"input\[1\]"):
        vectors(MockLlm(1), "ok", 3)
