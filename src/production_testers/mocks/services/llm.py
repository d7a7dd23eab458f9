"""A language model that answers by rule: chat completions, tool calls and embeddings.

Tokens are counted by a rule that people can check by hand: every started group of four
letters, digits or underscores of a word is one token, every other visible character is one
token, white space is none. A message costs three tokens more than its content.
"""

import math
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from production_testers.mocks.services.call import Call, Operation, dispatch
from production_testers.mocks.services.contract import ServiceError
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.errors import UsageError
from production_testers.model.seeds import derive

MESSAGE_TOKENS = 3
_TOKEN = re.compile(r"\w{1,4}|[^\w\s]")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_WORD = re.compile(r"\w{4,}")
_ROLES = ("system", "developer", "user", "assistant", "tool")
_EXAMPLES: Mapping[str, Json] = {
    "string": "example",
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "array": [],
    "object": {},
}


def count_tokens(text: str) -> int:
    """How many tokens a text has, by the rule of this module."""
    return sum(1 for _ in _TOKEN.finditer(text))


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


@dataclass(frozen=True, slots=True)
class _Message:
    role: str
    content: str


class MockLlm:
    """A deterministic model; its answer depends on the request and the seed only.

    Operations:
        chat: {messages, model?, max_tokens?, tools?, tool_choice?} → a chat completion with
            choices, finish_reason `stop`, `length` or `tool_calls`, and usage.
        embed: {input: text or list of texts, model?} → unit vectors; texts that share
            character trigrams are near each other.

    Args:
        seed: Reaches ids and the axes of the embeddings.
        answers: Regular expression → answer, searched in the last message in this order,
            without regard to case. Where none fits: the forced tool of `tool_choice`, else
            the content of a tool's result, else the sentence of the earlier messages that
            shares most words with the last one, else an echo.
        context_window: Tokens that a prompt may have; over it `context_length_exceeded`.
        dimensions: Length of an embedding.

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
        self._answers = tuple((_pattern(text), answer) for text, answer in (answers or {}).items())
        self._context_window = context_window
        self._dimensions = dimensions
        self._operations: Mapping[str, Operation] = {"chat": self._chat, "embed": self._embed}

    def handle(self, operation: str, payload: Mapping[str, Json], random: Random) -> Json:
        """Answer one request; see the class for the operations."""
        call = Call(operation=operation, payload=payload, random=random)
        return dispatch(self.name, self._operations, call)

    def _chat(self, call: Call) -> Json:
        messages = _messages(call)
        prompt_tokens = sum(MESSAGE_TOKENS + count_tokens(message.content) for message in messages)
        if prompt_tokens > self._context_window:
            raise ServiceError(
                "context_length_exceeded",
                f"The prompt has {prompt_tokens} tokens; {self._context_window} fit.",
            )
        identifier = f"{derive(self._seed, 'chat', canonical_json(call.payload)):016x}"
        answer = self._answer(messages, call)
        if isinstance(answer, ToolCall):
            arguments = canonical_json(answer.arguments)
            message, reason = _calling(answer.name, arguments, identifier), "tool_calls"
            answer_tokens = count_tokens(answer.name) + count_tokens(arguments)
        else:
            content, reason = _cut(answer, call.integer("max_tokens", 4096, least=1))
            message = {"role": "assistant", "content": content}
            answer_tokens = count_tokens(content)
        return {
            "id": f"chatcmpl-{identifier}",
            "object": "chat.completion",
            "created": 0,  # the clock is the harness's
            "model": call.text("model", "mock"),
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": _usage(prompt_tokens, answer_tokens),
        }

    def _answer(self, messages: Sequence[_Message], call: Call) -> Answer:
        last = messages[-1]
        tools = _tools(call)
        for pattern, answer in self._answers:
            if pattern.search(last.content) and (isinstance(answer, str) or answer.name in tools):
                return answer
        if last.role == "tool":
            return last.content
        if forced := _forced(call, tools):
            return ToolCall(name=forced, arguments=_example(tools[forced]))
        return _extract(last.content, messages[:-1]) or f"You said: {last.content}"

    def _embed(self, call: Call) -> Json:
        given = call.payload.get("input")
        texts: Sequence[Json] = [given] if isinstance(given, str) else call.sequence("input")
        vectors: list[Json] = []
        tokens = 0
        for index, text in enumerate(texts):
            if not isinstance(text, str):
                raise call.refused(f"input[{index}]", "text", text)
            tokens += count_tokens(text)
            vector = self._vector(text)
            vectors.append({"object": "embedding", "index": index, "embedding": vector})
        return {
            "object": "list",
            "model": call.text("model", "mock"),
            "data": vectors,
            "usage": _usage(tokens, 0),
        }

    def _vector(self, text: str) -> list[float]:
        start = derive(self._seed, "embed") & 0xFFFFFFFF
        padded = f"^{text.casefold()}$".encode("utf-8", "surrogatepass")
        vector = [0.0] * self._dimensions
        for index in range(max(1, len(padded) - 2)):
            hashed = zlib.crc32(padded[index : index + 3], start)
            vector[(hashed >> 1) % self._dimensions] += 1.0 if hashed & 1 else -1.0
        length = math.sqrt(sum(member * member for member in vector))
        if length == 0.0:  # trigrams can cancel each other out
            return [1.0] + [0.0] * (self._dimensions - 1)
        return [member / length for member in vector]


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise UsageError(f"Answer key {text!r} is no regular expression: {error}.") from error


def _messages(call: Call) -> list[_Message]:
    found = []
    for index, raw in enumerate(call.sequence("messages")):
        if not isinstance(raw, Mapping) or raw.get("role") not in _ROLES:
            raise call.refused(f"messages[{index}]", f"an object with a role of {_ROLES}", raw)
        found.append(_Message(str(raw["role"]), _content(call, raw.get("content"), index)))
    if not found:
        raise call.refused("messages", "a list that is not empty", [])
    return found


def _content(call: Call, content: Json, index: int) -> str:
    """The text of a message: plain, in parts of type text, or none beside tool calls."""
    if content is None or isinstance(content, str):
        return content or ""
    texts = []
    for part in content if isinstance(content, Sequence) else ():
        text = part.get("text") if isinstance(part, Mapping) else None
        if not isinstance(text, str):
            break
        texts.append(text)
    else:
        if texts:
            return "\n".join(texts)
    raise call.refused(f"messages[{index}].content", "text or a list of text parts", content)


def _tools(call: Call) -> dict[str, Mapping[str, Json]]:
    """Name → JSON schema of the parameters, of each tool that the request offers."""
    tools: dict[str, Mapping[str, Json]] = {}
    for index, raw in enumerate(call.sequence("tools", ())):
        function = raw.get("function") if isinstance(raw, Mapping) else None
        name = function.get("name") if isinstance(function, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(name, str):
            raise call.refused(f"tools[{index}]", "an object with function.name", raw)
        parameters = function.get("parameters", {})
        tools[name] = parameters if isinstance(parameters, Mapping) else {}
    return tools


def _forced(call: Call, tools: Mapping[str, Mapping[str, Json]]) -> str | None:
    choice = call.payload.get("tool_choice")
    if choice == "required" and tools:
        return next(iter(tools))
    function = choice.get("function") if isinstance(choice, Mapping) else None
    if not isinstance(function, Mapping):
        return None
    name = function.get("name")
    if isinstance(name, str) and name in tools:
        return name
    raise call.refused("tool_choice", f"one of {sorted(tools)}", name)


def _example(schema: Mapping[str, Json]) -> dict[str, Json]:
    """Arguments that a schema of flat properties accepts."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    arguments: dict[str, Json] = {}
    for name, member in properties.items():
        allowed = member.get("enum") if isinstance(member, Mapping) else None
        kind = str(member.get("type")) if isinstance(member, Mapping) else ""
        first = allowed[0] if isinstance(allowed, Sequence) and allowed else None
        arguments[name] = _EXAMPLES.get(kind) if first is None else first
    return arguments


def _calling(tool: str, arguments: str, identifier: str) -> dict[str, Json]:
    function: Json = {"name": tool, "arguments": arguments}
    calls: Json = [{"id": f"call-{identifier}", "type": "function", "function": function}]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _cut(text: str, tokens_max: int) -> tuple[str, str]:
    """The text within its tokens, and the reason why it ends there."""
    for count, match in enumerate(_TOKEN.finditer(text), start=1):
        if count > tokens_max:
            return text[: match.start()].rstrip(), "length"
    return text, "stop"


def _extract(question: str, context: Sequence[_Message]) -> str | None:
    asked = set(_WORD.findall(question.casefold()))
    best, shared_most = None, 0
    for message in context:
        for match in _SENTENCE.finditer(message.content):
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
