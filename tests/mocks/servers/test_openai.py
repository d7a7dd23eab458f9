"""The mock model behind the real `openai` client."""

import base64
import json
import struct

import openai
import pytest

from mocks.hosted import ANSWERS, REFUND, SAID, TOOL, host, plan
from production_testers.mocks.host import Host
from production_testers.mocks.servers.http import serving
from production_testers.mocks.servers.thread import in_thread
from production_testers.mocks.services import MockLlm, Price

pytestmark = pytest.mark.slow


@pytest.fixture
def ask():
    """Makes a client of a host; both are closed at the end."""
    opened = []

    def make(made=None, retries=0):
        served = in_thread(
            serving(
                made
                or host(
                    prices={"mock": Price(prompt_micros=2_000_000, completion_micros=8_000_000)}
                )
            )
        )
        url = served.__enter__()
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=retries, timeout=10)
        opened.append((served, client))
        return client

    yield make
    for served, client in opened:
        client.close()
        served.__exit__(None, None, None)


def chat(client, **more):
    return client.chat.completions.create(model="mock", **{**REFUND, **more})


def test_a_completion_with_its_usage(ask):
    answer = chat(ask())
    assert answer.choices[0].message.content == SAID
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.id == chat(ask()).id


def test_a_stream_gives_the_same_words_and_its_usage_when_asked(ask):
    chunks = list(chat(ask(), stream=True, stream_options={"include_usage": True}))
    words = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert "".join(words) == SAID
    assert len([word for word in words if word]) > 10
    assert chunks[-1].usage.completion_tokens == chat(ask()).usage.completion_tokens


def test_tools_are_called_and_their_results_are_the_answer(ask):
    client = ask()
    first = client.chat.completions.create(
        model="mock", messages=[{"role": "user", "content": "weather?"}], tools=[TOOL]
    )
    (call,) = first.choices[0].message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == (
        "get_weather",
        {"city": "Bonn", "days": 2},
    )
    second = client.chat.completions.create(
        model="mock",
        tools=[TOOL],
        messages=[
            {"role": "user", "content": "weather?"},
            first.choices[0].message,
            {"role": "tool", "tool_call_id": call.id, "content": "12 degrees"},
        ],
    )
    assert second.choices[0].message.content == "12 degrees"
    streamed = client.chat.completions.create(
        model="mock", messages=[{"role": "user", "content": "weather?"}], tools=[TOOL], stream=True
    )
    parts = [c.choices[0].delta.tool_calls for c in streamed if c.choices[0].delta.tool_calls]
    assert "".join(p[0].function.arguments for p in parts) == '{"city":"Bonn","days":2}'


def test_an_answer_keeps_to_the_schema_that_was_asked_for(ask):
    schema = {
        "type": "object",
        "properties": {"label": {"enum": ["a", "b"]}, "n": {"type": "integer"}},
    }
    answer = ask().chat.completions.create(
        model="mock",
        messages=[{"role": "user", "content": "Tell me."}],
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    )
    assert json.loads(answer.choices[0].message.content) == {"label": "a", "n": 1}


def test_embeddings_come_as_numbers_however_they_are_sent(ask):
    client = ask()
    as_text = client.embeddings.create(model="mock", input=["one", "two"])
    as_numbers = client.embeddings.create(
        model="mock", input=["one", "two"], encoding_format="float"
    )
    assert len(as_text.data) == 2
    for one, other in zip(as_text.data, as_numbers.data, strict=True):
        assert one.embedding == pytest.approx(other.embedding, abs=1e-6)
    raw = MockLlm(7, ANSWERS).handle("embed", {"input": "one", "encoding_format": "base64"}, None)
    numbers = struct.unpack("<64f", base64.b64decode(raw["data"][0]["embedding"]))
    assert list(numbers) == pytest.approx(as_text.data[0].embedding)
    assert (
        len(client.embeddings.create(model="mock", input="x", dimensions=8).data[0].embedding) == 8
    )


def test_models_and_mistakes_are_told_as_the_client_expects(ask):
    client = ask()
    assert [model.id for model in client.models.list()] == ["mock"]
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="mock", messages=[])
    assert refused.value.code == "bad_request"
    small = Host({"llm": MockLlm(1, context_window=3)})
    with pytest.raises(openai.BadRequestError) as refused:
        chat(ask(small))
    assert refused.value.code == "context_length_exceeded"


def test_what_calls_cost_is_added_up(ask):
    made = host(prices={"mock": Price(prompt_micros=2_000_000, completion_micros=8_000_000)})
    client = ask(made)
    usage = [chat(client).usage for _ in range(3)]
    spent = made.ledger.as_json()["mock"]
    assert spent["calls"] == 3
    assert spent["prompt_tokens"] == sum(u.prompt_tokens for u in usage)
    assert spent["cost_micros"] == sum(2 * u.prompt_tokens + 8 * u.completion_tokens for u in usage)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("http-429", openai.RateLimitError),
        ("http-500", openai.InternalServerError),
        ("http-401", openai.AuthenticationError),
        ("connection-reset", openai.APIConnectionError),
        ("truncated-body", openai.APIConnectionError),
        ("llm-context-overflow", openai.BadRequestError),
    ],
)
def test_the_client_sees_a_fault_and_it_is_over(ask, fault, error):
    client = ask(host(plan(fault, "llm", "chat")))
    with pytest.raises(error):
        chat(client)
    assert chat(client).choices[0].message.content == SAID


def test_the_client_tries_again_when_it_is_told_to_wait(ask):
    made = host(plan("http-429", "llm", params={"retry_after_ms": 20}))
    assert chat(ask(made, retries=1)).choices[0].message.content == SAID
    assert [firing.fault for firing in made.firings] == ["http-429"]


def test_what_is_wrong_with_an_answer_reaches_the_caller_unnoticed(ask):
    cut = chat(ask(host(plan("llm-truncated-silently", "llm", params={"tokens": 4}))))
    assert (cut.choices[0].message.content, cut.choices[0].finish_reason) == (
        "Refunds are paid",
        "stop",
    )
    half = list(chat(ask(host(plan("stream-cut", "llm", "chat_stream"))), stream=True))
    assert all(chunk.choices[0].finish_reason is None for chunk in half)
