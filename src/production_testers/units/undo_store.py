"""A store of what it takes to undo actions, each entry for a while."""

from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit


def draw(random: Random, kind: Kind) -> Usage:
    """Clients that keep, get and drop a few entries, at and around their ends."""
    calls: list[Call] = []
    for client in range(drawing.clients(random, kind)):
        calls += [_call(random, kind, (client, number)) for number in range(random.randint(2, 7))]
    default = random.choice((20, 200, 3_600_000))
    return Usage(unit="undo_store", settings={"ttl_ms": default}, calls=tuple(calls))


def _call(random: Random, kind: Kind, place: tuple[int, int]) -> Call:
    ref = random.choice(("a", "b", "c"))
    after_ms = random.choice((0.0, 0.0, 3.0, 17.0, 90.0))
    operation = random.choice(("keep", "keep", "get", "get", "get", "drop", "sweep", "all"))
    if operation in ("sweep", "all"):
        return drawing.call(*place, operation, after_ms=after_ms)
    arguments: dict[str, Json] = {"ref": ref}
    if operation == "keep":
        odd = odd_values.value(random) if kind is Kind.ADVERSARIAL else random.randint(0, 9)
        arguments["data"] = {"by": f"{place[0]}.{place[1]}", "more": odd}
        if random.random() < 0.5:
            arguments["ttl_ms"] = random.choice((0, 10, 50, 1_000))
    return drawing.call(*place, operation, arguments, after_ms=after_ms)


def accepts(usage: Usage) -> bool:
    """The usual time is a millisecond at least, and no time is negative."""
    return float(usage.settings["ttl_ms"]) >= 1 and all(  # type: ignore[arg-type]
        float(call.arguments.get("ttl_ms", 1)) >= 0  # type: ignore[arg-type]
        for call in usage.calls
    )


UNIT = Unit(
    name="undo_store",
    does="Keeps data under references, each for a while; the last data count.",
    capability=Capability.UNDO_STORE,
    operations={
        "keep": Operation(
            does="Keeps data for `ttl_ms`, or as long as the settings say.",
            required=("ref", "data"),
            fixed=("ref",),
        ),
        "get": Operation(
            does="Gives the data; None for none, or none any more.",
            required=("ref",),
            fixed=("ref",),
        ),
        "drop": Operation(
            does="Forgets an entry; gives whether it was there.", required=("ref",), fixed=("ref",)
        ),
        "sweep": Operation(does="Forgets what is over."),
        "all": Operation(does="Gives the references that are kept, sorted."),
    },
    draw=draw,
    accepts=accepts,
)
