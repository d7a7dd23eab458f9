"""Approval: somebody asks, waits for a person's decision, and the person decides or does not."""

from random import Random

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

DECIDED = {"granted": True, "refused": False}
"""Status of a decided request → what was decided."""

ENDED = frozenset({*DECIDED, "expired", "cancelled"})
"""Statuses after which nothing more happens to a request."""


def draw(random: Random, kind: Kind) -> Usage:
    """A few requests, asked at the start; then clients wait, decide, cancel and look."""
    refs = [f"r{number}" for number in range(random.randint(1, 3))]
    calls: list[Call] = [
        drawing.call(0, number, "ask", {"ref": ref}) for number, ref in enumerate(refs)
    ]
    for client in range(1, 2 + drawing.clients(random, kind)):
        calls += [
            _call(random, kind, (client, number), random.choice(refs))
            for number in range(random.randint(1, 4))
        ]
    return Usage(unit="approval", calls=tuple(calls))


def _call(random: Random, kind: Kind, place: tuple[int, int], ref: str) -> Call:
    after_ms = random.choice((0.5, 2.0, 10.0, 30.0))
    operation = random.choice(
        ("wait", "wait", "wait", "decide", "decide", "cancel", "status", "status", "pending")
    )
    if operation == "pending":
        return drawing.call(*place, "pending", after_ms=after_ms)
    if random.random() < 0.05:
        ref = "never asked"
    if operation == "wait":
        limit = random.choice((5, 20, 100))
        return drawing.call(
            *place, "wait", {"ref": ref, "limit_ms": limit}, after_ms=after_ms,
            cancel_after_ms=drawing.gives_up(random, kind, 20.0),
        )  # fmt: skip
    if operation == "decide":
        granted = random.random() < 0.6
        return drawing.call(*place, "decide", {"ref": ref, "granted": granted}, after_ms=after_ms)
    return drawing.call(*place, operation, {"ref": ref}, after_ms=after_ms)


def accepts(usage: Usage) -> bool:
    """No request is asked twice, and waits have a limit."""
    asked = [call.arguments["ref"] for call in usage.calls if call.operation == "ask"]
    return len(set(map(str, asked))) == len(asked) and all(
        float(call.arguments["limit_ms"]) >= 1  # type: ignore[arg-type]
        for call in usage.calls
        if call.operation == "wait"
    )


UNIT = Unit(
    name="approval",
    does="Keeps requests for a person's approval until they are decided, cancelled, or nobody"
    " decided in time.",
    capability=Capability.APPROVAL,
    operations={
        "ask": Operation(does="Opens a request.", required=("ref",), fixed=("ref",)),
        "wait": Operation(
            does="Gives whether the request was granted; fails as unanswered after `limit_ms`, as"
            " unknown where nobody asked.",
            required=("ref", "limit_ms"),
            fixed=("ref",),
        ),
        "decide": Operation(
            does="Decides a request; fails as unknown where nobody asked.",
            required=("ref", "granted"),
            fixed=("ref",),
        ),
        "cancel": Operation(
            does="Takes a pending request back; gives whether it was pending.",
            required=("ref",),
            fixed=("ref",),
        ),
        "status": Operation(
            does="Gives pending, granted, refused, expired or cancelled; None for no request.",
            required=("ref",),
            fixed=("ref",),
        ),
        "pending": Operation(does="Gives the pending requests, sorted."),
    },
    draw=draw,
    accepts=accepts,
)
