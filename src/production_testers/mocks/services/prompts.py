"""What a request to a language model says: messages, tools, and what the answer must look like."""

from collections.abc import Mapping, Sequence

from production_testers.mocks.services.call import Call
from production_testers.model.canonical import Json

ROLES = ("system", "developer", "user", "assistant", "tool")
_ROLES = frozenset(ROLES)
_EXAMPLES: Mapping[str, Json] = {
    "string": "example",
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "null": None,
}
DEPTH_MAX = 8
"""Schemas that go deeper, or refer to themselves, give null there."""


Message = tuple[str, str]
"""One message of a conversation: who says it, and its text, parts joined by newlines."""


def messages_of(call: Call) -> list[Message]:
    """The conversation.

    Raises:
        ServiceError: `bad_request`: there is none, or a message is none.
    """
    found = []
    for index, raw in enumerate(call.sequence("messages")):
        if not (type(raw) is dict or isinstance(raw, Mapping)) or raw.get("role") not in _ROLES:
            raise call.refused(f"messages[{index}]", f"an object with a role of {ROLES}", raw)
        content = raw.get("content")
        text = content if isinstance(content, str) else _in_parts(call, content, index)
        found.append((str(raw["role"]), text))
    if not found:
        raise call.refused("messages", "a list that is not empty", [])
    return found


def _in_parts(call: Call, content: Json, index: int) -> str:
    """The text of a message in parts of type text, or of none beside tool calls."""
    if content is None:
        return ""
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


def tools_of(call: Call) -> dict[str, Mapping[str, Json]]:
    """Name → JSON schema of the parameters, of each tool that the request offers.

    Raises:
        ServiceError: `bad_request`: something in the list is no tool.
    """
    tools: dict[str, Mapping[str, Json]] = {}
    if "tools" not in call.payload or call.payload.get("tool_choice") == "none":
        return tools
    for index, raw in enumerate(call.sequence("tools", ())):
        function = raw.get("function") if isinstance(raw, Mapping) else None
        name = function.get("name") if isinstance(function, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(name, str):
            raise call.refused(f"tools[{index}]", "an object with function.name", raw)
        parameters = function.get("parameters", {})
        tools[name] = parameters if isinstance(parameters, Mapping) else {}
    return tools


def forced_tool(call: Call, tools: Mapping[str, Mapping[str, Json]]) -> str | None:
    """The tool that `tool_choice` asks for; None where the model is free.

    Raises:
        ServiceError: `bad_request`: it is not offered.
    """
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


def asked_schema(call: Call) -> Mapping[str, Json] | None:
    """The JSON schema that `response_format` asks for; `{}` for any object, None for text."""
    wanted = call.payload.get("response_format")
    if not isinstance(wanted, Mapping) or wanted.get("type") in (None, "text"):
        return None
    described = wanted.get("json_schema")
    schema = described.get("schema") if isinstance(described, Mapping) else None
    return schema if isinstance(schema, Mapping) else {}


def arguments_for(schema: Mapping[str, Json]) -> dict[str, Json]:
    """Arguments that a tool's schema accepts."""
    made = example({**schema, "type": "object"})
    return dict(made) if isinstance(made, Mapping) else {}


def example(schema: Json, depth: int = 0) -> Json:
    """A value that a schema accepts: defaults and first choices, else the plainest there is."""
    if not isinstance(schema, Mapping) or depth > DEPTH_MAX:
        return None
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    if first := _first(schema, ("enum", "examples")):
        return first[0]
    if first := _first(schema, ("anyOf", "oneOf", "allOf")):
        return example(first[0], depth + 1)
    return _plainest(schema, depth + 1)


def _first(schema: Mapping[str, Json], names: Sequence[str]) -> Sequence[Json]:
    """The first of these lists that holds something."""
    for name in names:
        choices = schema.get(name)
        if isinstance(choices, Sequence) and not isinstance(choices, str) and choices:
            return choices
    return ()


def _plainest(schema: Mapping[str, Json], depth: int) -> Json:
    kind = schema.get("type")
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        kind = kind[0] if kind else None
    if kind == "object" or "properties" in schema:
        properties = schema.get("properties")
        members = properties if isinstance(properties, Mapping) else {}
        return {name: example(member, depth) for name, member in members.items()}
    if kind == "array":
        least = schema.get("minItems", 0)
        return [example(schema.get("items"), depth)] * (least if isinstance(least, int) else 0)
    return _EXAMPLES.get(str(kind))
