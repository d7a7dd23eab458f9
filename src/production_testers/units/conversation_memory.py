"""Conversation memory: keeps what was said in a session, and gives back the newest of it."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

ROLES = ("user", "assistant", "system")

CHARACTERS_PER_TOKEN = 4

WORDS = ("ja", "nein", "grüße", "日本", "🙂🙂", "a\u0000b", "\u202edrawkcab", "", "x" * 200)


def text(random: Random, key: str, kind: Kind) -> str:
    """Some words that name the call, so many characters that tokens are counted exactly."""
    words = random.choice(WORDS) if kind is Kind.ADVERSARIAL else random.choice(WORDS[:3])
    said = f"{key} {words}"
    return said + "." * (-len(said) % CHARACTERS_PER_TOKEN)


def shown(entries: Sequence[Sequence[Any]], wanted: Mapping[str, Any]) -> list[Any]:
    """What has to be given back of a session's entries (role, text, age in s), oldest first."""
    left = [
        [role, said]
        for role, said, age_s in entries
        if (wanted["system"] or role != "system")
        and (wanted["window_s"] == 0 or age_s < wanted["window_s"])
    ]
    if wanted["entries"]:
        left = left[-wanted["entries"] :]
    if wanted["tokens"]:
        room, first = wanted["tokens"], len(left)
        while first and len(left[first - 1][1]) // CHARACTERS_PER_TOKEN <= room:
            first -= 1
            room -= len(left[first][1]) // CHARACTERS_PER_TOKEN
        left = left[first:]
    return left


def draw(random: Random, kind: Kind) -> Usage:
    """Several conversations, written and read at the same time."""
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 8)):
            operation = random.choices(("write", "fetch", "clear"), (6, 4, 1))[0]
            arguments: dict[str, Any] = {"session": random.choice("ab")}
            if operation == "write":
                arguments |= {
                    "role": random.choices(ROLES, (4, 4, 1))[0],
                    "text": text(random, f"c{client}.{number}", kind),
                    "age_s": random.choice((0, 0, 1_000, 100_000)),
                }
            elif operation == "fetch":
                arguments |= {
                    "entries": random.choice((0, 1, 2, 5)),
                    "tokens": random.choice((0, 0, 1, 4, 12)),
                    "system": random.random() < 0.7,
                    "window_s": random.choice((0, 0, 500, 10_000)),
                }
            calls.append(
                drawing.call(
                    client, number, operation, arguments,
                    after_ms=random.choice((0.0, 0.0, 1.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 1.0),
                )
            )  # fmt: skip
    return Usage(unit="conversation_memory", calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """Texts are different and of whole tokens, ages are far from windows, limits not negative."""
    said = [str(call.arguments["text"]) for call in usage.calls if "text" in call.arguments]
    if len(set(said)) < len(said) or any(len(t) % CHARACTERS_PER_TOKEN for t in said):
        return False
    for call in usage.calls:
        given: Mapping[str, Any] = call.arguments
        if given.get("age_s", 0) not in (0, 1_000, 100_000):
            return False
        if given.get("window_s", 0) not in (0, 500, 10_000):
            return False
        if min(given.get("entries", 0), given.get("tokens", 0)) < 0:
            return False
    return True


UNIT = Unit(
    name="conversation_memory",
    does="Keeps what was said in each session, and gives back the newest of it in the order in"
    " which it was said.",
    capability=Capability.CONVERSATION_MEMORY,
    operations={
        "write": Operation(
            does="Keeps one entry of a session, said so many seconds ago.",
            required=("session", "role", "text", "age_s"),
            fixed=("role", "age_s"),
        ),
        "fetch": Operation(
            does="Gives the newest entries of a session, oldest first: at most so many, of at most"
            " so many tokens (four characters each) without gaps, no older than the window; 0 is"
            " no limit.",
            required=("session", "entries", "tokens", "system", "window_s"),
            fixed=("window_s",),
        ),
        "clear": Operation(
            does="Forgets a session, and says how many entries it had.", required=("session",)
        ),
    },
    draw=draw,
    accepts=accepts,
)
