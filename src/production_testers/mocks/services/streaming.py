"""A chat completion in the pieces in which it is streamed, and put together again."""

from collections.abc import Mapping, Sequence
from typing import Any

from production_testers.mocks.services.tokens import pieces
from production_testers.model.canonical import Json


def streamed(completion: Mapping[str, Any], *, with_usage: bool) -> list[dict[str, Json]]:
    """The chunks of a completion, of the object `chat.completion.chunk`.

    Args:
        completion: What is not streamed gives.
        with_usage: A last chunk without choices tells the usage.
    """
    chunks: list[dict[str, Json]] = []
    for choice in completion["choices"]:
        message, index = choice["message"], choice["index"]
        deltas: list[dict[str, Json]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": piece} for piece in pieces(message.get("content") or "")]
        for number, tool in enumerate(message.get("tool_calls") or ()):
            deltas += _tool_deltas(tool, number)
        chunks += [_chunk(completion, index, delta, None) for delta in deltas]
        chunks.append(_chunk(completion, index, {}, choice["finish_reason"]))
    if with_usage:
        last = _head(completion)
        chunks.append({**last, "choices": [], "usage": completion["usage"]})
    return chunks


def _tool_deltas(tool: Mapping[str, Any], number: int) -> list[dict[str, Json]]:
    """First which tool, then its arguments in pieces."""
    function = tool["function"]
    named: Json = {"name": function["name"], "arguments": ""}
    first: Json = {"index": number, "id": tool["id"], "type": "function", "function": named}
    deltas: list[dict[str, Json]] = [{"tool_calls": [first]}]
    for piece in pieces(function["arguments"]):
        part: Json = {"index": number, "function": {"arguments": piece}}
        deltas.append({"tool_calls": [part]})
    return deltas


def _head(completion: Mapping[str, Any]) -> dict[str, Json]:
    return {
        "id": completion["id"],
        "object": "chat.completion.chunk",
        "created": completion["created"],
        "model": completion["model"],
    }


def _chunk(
    completion: Mapping[str, Any], index: int, delta: dict[str, Json], reason: str | None
) -> dict[str, Json]:
    choice: Json = {"index": index, "delta": delta, "finish_reason": reason}
    return {**_head(completion), "choices": [choice]}


def text_of(chunks: Sequence[Mapping[str, Any]]) -> str:
    """The words of the first choice of a stream."""
    return "".join(
        choice["delta"].get("content") or ""
        for chunk in chunks
        for choice in chunk.get("choices", ())
        if choice["index"] == 0
    )
