"""Snapshot: everything about a request, frozen, and written as JSON and read again."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

TIMES = (
    "2026-01-02T03:04:05+00:00",
    "2026-01-02T03:04:05.000001+05:45",
    "1970-01-01T00:00:00-11:00",
    "9999-12-31T23:59:59.999999+00:00",
    "2026-03-29T02:30:00",
)
TEXTS = ("", "text", "Grüße \N{SNOWMAN}", "\ud800", "a\x00b", "\u2028", "x" * 200, '"\\')
VALUES: tuple[Json, ...] = (
    None, True, False, 0, -0.0, 0.1, 1e308, 2**63 + 1, -(2**200) - 1, "", [], {}, [[]],
    "2026-01-02T03:04:05+00:00", {"": ""},
    {"deep": {"deeper": [{"deepest": [1, None, {"a": []}]}]}},
)  # fmt: skip
OPERATIONS = ("write_and_read", "write_and_read", "write_and_spoil", "vary")
IDS = ("run", "request", "session", "user", "tenant", "interaction")


def draw(random: Random, kind: Kind) -> Usage:
    """Snapshots with few or many of their parts, and hostile values in them."""
    hostile = kind in (Kind.ADVERSARIAL, Kind.STRESS)
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 4)):
            operation = random.choice(
                ("write_and_read", "write_and_read", "write_and_spoil", "vary")
            )
            arguments: dict[str, Json] = {"snapshot": _snapshot(random, hostile=hostile)}
            if operation == "vary":
                arguments["new"] = _snapshot(random, hostile=hostile)
            calls.append(drawing.call(client, number, operation, arguments))
    return Usage(unit="snapshot", calls=tuple(calls))


def _snapshot(random: Random, *, hostile: bool) -> dict[str, Json]:
    def text() -> str:
        return random.choice(TEXTS if hostile else ("text", "more"))

    def data() -> dict[str, Json]:
        values = VALUES if hostile else (1, "text", {"a": [1]})
        return {text(): random.choice(values) for _ in range(random.randint(0, 2))}

    def time() -> str:
        return random.choice(TIMES if hostile else TIMES[:1])

    parts: dict[str, Json] = {
        "text": text(),
        "audio_ms": random.choice((0, 1, 2**40)),
        "topology": text(),
        "mode": text(),
        "created": time(),
        "metadata": data(),
        "messages": [
            {"role": "user", "content": text(), "time": time(), "metadata": data()}
            for _ in range(random.randint(0, 2))
        ],
        "route": {"agent": text(), "pipeline": text(), "topology": text(), "reason": text()},
        "profile": {"name": text(), "preferences": data(), "goals": [text()]},
        "memory": {"topics": [text()], "facts": [text(), text()], "summary": text()},
        "documents": [{"id": text(), "type": text(), "blocks": [data()], "metadata": data()}],
        "web": [data()],
        "extension": {"label": text(), "details": data()},
        "ids": {name: number for number, name in enumerate(IDS) if random.random() < 0.7},
    }
    return {name: part for name, part in parts.items() if random.random() < 0.5}


def accepts(usage: Usage) -> bool:
    """Times are times, and parts that are there are whole."""
    for call in usage.calls:
        for snapshot in call.arguments.values():
            if not isinstance(snapshot, Mapping) or not _is_whole(snapshot):
                return False
    return True


MEMBERS: Mapping[str, frozenset[str]] = {
    "messages": frozenset({"role", "content", "time", "metadata"}),
    "route": frozenset({"agent", "pipeline", "topology", "reason"}),
    "profile": frozenset({"name", "preferences", "goals"}),
    "memory": frozenset({"topics", "facts", "summary"}),
    "documents": frozenset({"id", "type", "blocks", "metadata"}),
    "extension": frozenset({"label", "details"}),
}


def _is_whole(snapshot: Mapping[str, Any]) -> bool:
    for name, members in MEMBERS.items():
        part = snapshot.get(name, [])
        for one in part if isinstance(part, list | tuple) else [part]:
            if set(one) != members or ("time" in one and one["time"] not in TIMES):
                return False
    return snapshot.get("created", TIMES[0]) in TIMES


_PART = "Parts: ids, text, audio_ms, topology, mode, created, metadata, messages, route, profile,"
_PART += " memory, documents, web, extension."

UNIT = Unit(
    name="snapshot",
    does="Holds everything about a request and does not change; it is written as JSON and read"
    f" again. {_PART}",
    capability=Capability.SNAPSHOT,
    operations={
        "write_and_read": Operation(
            does="Writes a snapshot as JSON text, reads it, and gives the parts of what was read.",
            required=("snapshot",),
        ),
        "write_and_spoil": Operation(
            does="Writes a snapshot as plain data, changes that data everywhere, and gives the"
            " parts of the snapshot.",
            required=("snapshot",),
        ),
        "vary": Operation(
            does="Makes a copy that has the new one's identity, conversation, enrichments and"
            " extension; gives the parts of the `old` one and of the `copy`.",
            required=("snapshot", "new"),
        ),
    },
    draw=draw,
    accepts=accepts,
)
