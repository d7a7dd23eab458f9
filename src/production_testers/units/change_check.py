"""Change check: a stage that changes what it was only given to read is failed."""

from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

WORK = "work"
"""Label of the caller's own stage, which may change what it was given when its work is done."""

CHANGED = "changed"
"""Neutral name of the error for a stage that did."""


def draw(random: Random, kind: Kind) -> Usage:
    """Executions of one stage side by side, each with values of its own; some change them."""
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 3)):
            arguments: dict[str, Json] = {
                "changes": random.random() < 0.3,
                "list": [f"c{client}.{number}", random.randint(0, 9)],
            }
            calls.append(
                drawing.call(
                    client, number, "execute", arguments,
                    after_ms=random.choice((0.0, 0.0, 2.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 10.0),
                    works={WORK: (drawing.work(random, (), 0.0),)},
                )
            )  # fmt: skip
    return Usage(unit="change_check", calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """Every execution has a list of its own, and its work goes well."""
    lists = [repr(call.arguments["list"]) for call in usage.calls]
    works = [work for call in usage.calls for work in call.works.get(WORK, ())]
    return (
        len(set(lists)) == len(lists)
        and all(isinstance(call.arguments["list"], list) for call in usage.calls)
        and not any(work.raises for work in works)
    )


UNIT = Unit(
    name="change_check",
    does="Executes one stage, for many callers at once, and fails an execution that changed the"
    " `list` inside of what it was given to read.",
    capability=Capability.CHANGE_CHECK,
    operations={
        "execute": Operation(
            does="Ends well where the stage changed nothing; fails as changed otherwise.",
            required=("changes", "list"),
            fixed=("changes", "list"),
        )
    },
    draw=draw,
    accepts=accepts,
)
