"""Trace context: which trace, span and conversation the work of a task belongs to."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

PARTS = ("trace", "span", "correlation")

ABOUT = ("run", "request", "tenant")
"""What else a context that is sent on says of the work."""

BAGGAGE: tuple[dict[str, Json], ...] = ({}, {"tenant": "a"}, {"tenant": "a", "plan": "b-c"})


def ids(random: Random) -> dict[str, Json]:
    """A trace context; parts may be missing, and a span is part of a trace."""
    given: dict[str, Json] = {
        "trace": f"{random.randrange(1, 16**32):032x}" if random.random() < 0.8 else None,
        "span": f"{random.randrange(1, 16**16):016x}",
        "correlation": f"{random.randint(0, 99)}" if random.random() < 0.8 else None,
    }
    if given["trace"] is None:
        given |= {"span": None, "correlation": f"{random.randint(0, 99)}"}
    return given


def draw(random: Random, kind: Kind) -> Usage:
    """Contexts that are sent on, and contexts that are active while work is done."""
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 5)):
            arguments: dict[str, Json] = {"ids": ids(random)}
            if random.random() < 0.4:
                operation = "carry"
                arguments["baggage"] = dict(random.choice(BAGGAGE))
                arguments["about"] = {
                    name: f"{random.randint(0, 99)}" if random.random() < 0.6 else None
                    for name in ABOUT
                }
            else:
                operation = "activate"
                arguments["outer"] = ids(random) if random.random() < 0.5 else None
            calls.append(
                drawing.call(
                    client, number, operation, arguments,
                    after_ms=random.choice((0.0, 0.0, 1.0)),
                    works={"inside": (drawing.work(random, ("error",), 0.2),)},
                )
            )  # fmt: skip
    return Usage(unit="trace_context", calls=tuple(calls))


def _is_proper(ids: Any) -> bool:
    """It says something, in the lengths of the W3C's Trace Context; no span without a trace."""
    if not isinstance(ids, Mapping) or set(ids) != set(PARTS):
        return False
    trace, span = ids["trace"], ids["span"]
    if (trace is None) != (span is None):
        return False
    if trace is None:
        return ids["correlation"] is not None
    return len(trace) == 32 and len(span) == 16


def accepts(usage: Usage) -> bool:
    """Every context is one that can be sent."""
    for call in usage.calls:
        outer = call.arguments.get("outer")
        if not _is_proper(call.arguments["ids"]) or not (outer is None or _is_proper(outer)):
            return False
    return True


UNIT = Unit(
    name="trace_context",
    does="Makes a trace context the current one while something is done, and sends it on in the"
    " headers of a request.",
    capability=Capability.TRACE_CONTEXT,
    operations={
        "carry": Operation(
            does="Gives what comes out of the headers that the context was written into, with what"
            " it says `about` the work: its run, request and tenant.",
            required=("ids", "baggage", "about"),
            fixed=("ids", "about"),
        ),
        "activate": Operation(
            does="Makes the context the current one, perhaps inside another one, does the caller's"
            " own code, and gives the current context before, inside, in a task that was started"
            " inside, and after.",
            required=("ids",),
            fixed=("ids", "outer"),
        ),
    },
    draw=draw,
    accepts=accepts,
)
