"""A language model that answers by rule: chat completions, tool calls and embeddings.

Tokens are counted as `tokens` says; a message costs three tokens more than its content.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii
from random import Random
from typing import Any

from production_testers.mocks.services.call import Call, Operation, dispatch
from production_testers.mocks.services.contract import ServiceError
from production_testers.mocks.services.embedding import packed, vector_of
from production_testers.mocks.services.prompts import (
    Message,
    arguments_for,
    asked_schema,
    forced_tool,
    messages_of,
    tools_of,
)
from production_testers.mocks.services.streaming import streamed
from production_testers.mocks.services.tokens import count_tokens, cut
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.errors import UsageError

MESSAGE_TOKENS = 3
ANSWER_TOKENS_MAX = 4096
CHOICES_MAX = 128
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_WORD = re.compile(r"\w{4,}")
_ABOUT_THE_STREAM = ("stream", "stream_options")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A scripted answer that calls a tool instead of speaking.

    Attributes:
        name: The tool; the answer is passed over when the request does not offer it.
        arguments: What the tool is called with.
    """

    name: str
    arguments: Mapping[str, Json] = field(default_factory=dict)


Answer = str | ToolCall


class MockLlm:
    """A deterministic model; its answer depends on the request and the seed only.

    Operations:
        chat: {messages, model?, max_tokens?, max_completion_tokens?, stop?, n?, tools?,
            tool_choice?, response_format?} → a chat completion with choices, finish_reason `stop`,
            `length` or `tool_calls`, and usage.
        chat_stream: the same, {stream_options?} → the list of its chunks.
        embed: {input: text or list of texts, model?, dimensions?, encoding_format?} → unit
            vectors; texts that share character trigrams are near each other.
        models: {} → the models; every name is answered alike.

    Args:
        seed: Reaches ids and the axes of the embeddings.
        answers: Regular expression → answer, searched in the last message in this order,
            without regard to case. Where none fits: the forced tool of `tool_choice`, else
            the content of a tool's result, else an example of the schema that `response_format`
            asks for, else the sentence of the earlier messages that shares most words with the
            last one, else an echo.
        context_window: Tokens that a prompt may have; over it `context_length_exceeded`.
        dimensions: Length of an embedding, unless the request names another one.

    Raises:
        UsageError: A key of `answers` is no regular expression.
    """

    name: str = "llm"

    stateless = True
    """Nothing that was asked before changes an answer."""

    def __init__(
        self,
        seed: int,
        answers: Mapping[str, Answer] | None = None,
        *,
        context_window: int = 128_000,
        dimensions: int = 64,
    ) -> None:
        self._seed = seed
        self._head = f'[{seed},"chat",'
        self._answers = tuple((_pattern(text), answer) for text, answer in (answers or {}).items())
        self._context_window = context_window
        self._dimensions = dimensions
        self._operations: Mapping[str, Operation] = {
            "chat": self._chat,
            "chat_stream": self._chat_stream,
            "embed": self._embed,
            "models": _models,
        }

    @property
    def operations(self) -> tuple[str, ...]:
        """The names of its operations."""
        return tuple(self._operations)

    def handle(self, operation: str, payload: Mapping[str, Json], random: Random) -> Json:
        """Answer one request; see the class for the operations."""
        call = Call(operation, payload, random)
        return dispatch(self.name, self._operations, call)

    def _chat_stream(self, call: Call) -> Json:
        asked = {name: v for name, v in call.payload.items() if name not in _ABOUT_THE_STREAM}
        options = call.mapping("stream_options", {})
        completion = self._chat(Call(operation="chat", payload=asked, random=call.random))
        return streamed(completion, with_usage=options.get("include_usage") is True)

    def _chat(self, call: Call) -> dict[str, Any]:
        messages = messages_of(call)
        prompt_tokens = MESSAGE_TOKENS * len(messages)
        for _, said in messages:
            prompt_tokens += count_tokens(said)
        if prompt_tokens > self._context_window:
            raise ServiceError(
                "context_length_exceeded",
                f"The prompt has {prompt_tokens} tokens; {self._context_window} fit.",
            )
        identifier = self._identifier(call.payload)
        answer = self._answer(messages, call)
        if isinstance(answer, ToolCall):
            arguments = canonical_json(answer.arguments)
            message, reason = _calling(answer.name, arguments, identifier), "tool_calls"
            answer_tokens = count_tokens(answer.name) + count_tokens(arguments)
        else:
            content, reason = cut(_stopped(answer, call), _tokens_max(call))
            message = {"role": "assistant", "content": content}
            answer_tokens = count_tokens(content)
        count = 1 if "n" not in call.payload else call.integer("n", 1, least=1)
        if count > CHOICES_MAX:
            raise call.refused("n", f"at most {CHOICES_MAX}", count)
        return {
            "id": f"chatcmpl-{identifier}",
            "object": "chat.completion",
            "created": 0,  # the clock is the harness's
            "model": call.text("model", "mock"),
            "choices": [
                {"index": index, "message": message, "finish_reason": reason}
                for index in range(count)
            ],
            "usage": _usage(prompt_tokens, count * answer_tokens),
        }

    def _identifier(self, payload: Mapping[str, Json]) -> str:
        """Sixteen hexadecimal digits: `seeds.derive(seed, "chat", canonical_json(payload))`."""
        path = encode_basestring_ascii(canonical_json(payload))
        return hashlib.blake2b(f"{self._head}{path}]".encode(), digest_size=8).hexdigest()

    def _answer(self, messages: Sequence[Message], call: Call) -> Answer:
        role, content = messages[-1]
        tools = tools_of(call)
        for pattern, answer in self._answers:
            if pattern.search(content) and (isinstance(answer, str) or answer.name in tools):
                return answer
        if role == "tool":
            return content
        if forced := forced_tool(call, tools):
            return ToolCall(name=forced, arguments=arguments_for(tools[forced]))
        if (schema := asked_schema(call)) is not None:
            return canonical_json(arguments_for(schema) if schema else {"answer": content})
        return _extract(content, messages[:-1]) or f"You said: {content}"

    def _embed(self, call: Call) -> Json:
        given = call.payload.get("input")
        texts: Sequence[Json] = [given] if isinstance(given, str) else call.sequence("input")
        length = call.integer("dimensions", self._dimensions, least=1)
        as_text = call.text("encoding_format", "float") == "base64"
        vectors: list[Json] = []
        tokens = 0
        for index, text in enumerate(texts):
            if not isinstance(text, str):
                raise call.refused(f"input[{index}]", "text", text)
            tokens += count_tokens(text)
            vector = vector_of(text, self._seed, length)
            shown: Json = packed(vector) if as_text else vector
            vectors.append({"object": "embedding", "index": index, "embedding": shown})
        return {
            "object": "list",
            "model": call.text("model", "mock"),
            "data": vectors,
            "usage": _usage(tokens, 0),
        }


def _models(_call: Call) -> Json:
    one: Json = {"id": "mock", "object": "model", "created": 0, "owned_by": "ptest"}
    return {"object": "list", "data": [one]}


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise UsageError(f"Answer key {text!r} is no regular expression: {error}.") from error


def _tokens_max(call: Call) -> int:
    if "max_completion_tokens" in call.payload:
        return call.integer("max_completion_tokens", ANSWER_TOKENS_MAX, least=1)
    if "max_tokens" in call.payload:
        return call.integer("max_tokens", ANSWER_TOKENS_MAX, least=1)
    return ANSWER_TOKENS_MAX


def _stopped(text: str, call: Call) -> str:
    """The text before the first of the request's stop words."""
    if call.payload.get("stop") is None:
        return text
    stop = call.payload["stop"]
    for word in [stop] if isinstance(stop, str) else call.sequence("stop", ()):
        text = text.partition(str(word))[0] if word else text
    return text


def _calling(tool: str, arguments: str, identifier: str) -> dict[str, Json]:
    function: Json = {"name": tool, "arguments": arguments}
    calls: Json = [{"id": f"call-{identifier}", "type": "function", "function": function}]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _extract(question: str, context: Sequence[Message]) -> str | None:
    if not context:
        return None
    asked = set(_WORD.findall(question.casefold()))
    best, shared_most = None, 0
    for _, said in context:
        for match in _SENTENCE.finditer(said):
            shared = len(asked & set(_WORD.findall(match.group().casefold())))
            if shared > shared_most:
                best, shared_most = match.group().strip(), shared
    return best


def _usage(prompt: int, completion: int) -> dict[str, Json]:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
