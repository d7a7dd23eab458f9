"""Task group: several tasks that end together, and what is cleaned up after them."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

BODY = "body"
"""Label of the caller's own code inside the group; tasks are `task N`, clean-ups `cleanup N`."""


def draw(random: Random, kind: Kind) -> Usage:
    """Groups with tasks of different lengths, of which some fail, one now and then for ever."""
    calls = [
        _call(random, kind, client, number)
        for client in range(drawing.clients(random, kind))
        for number in range(random.randint(1, 3))
    ]
    return Usage(unit="task_group", calls=tuple(calls))


def _call(random: Random, kind: Kind, client: int, number: int) -> Call:
    tasks, cleanups = random.randint(0, 5), random.randint(0, 3)
    share = 0.0 if kind is Kind.BASELINE else 0.2
    errors = ("error", "value", "timeout")
    works = {f"task {i}": (drawing.work(random, errors, share),) for i in range(tasks)}
    works |= {f"cleanup {i}": (Work(ms=1.0),) for i in range(cleanups)}
    works[BODY] = (drawing.work(random, errors, share / 2),)
    failing = any(work.raises for label, (work,) in works.items() if label.startswith("task"))
    if failing and tasks > 1 and random.random() < 0.2:
        well = [i for i in range(tasks) if not works[f"task {i}"][0].raises]
        if well:
            works[f"task {well[0]}"] = (Work(hangs=True),)
    return drawing.call(
        client, number, "execute", {"tasks": tasks, "cleanups": cleanups},
        after_ms=random.choice((0.0, 1.0)),
        cancel_after_ms=drawing.gives_up(random, kind, 20.0),
        works=works,
    )  # fmt: skip


def accepts(usage: Usage) -> bool:
    """Numbers are small; a task hangs only where another one fails, so that the group must end."""
    for call in usage.calls:
        arguments: Mapping[str, Any] = call.arguments
        if not (0 <= arguments["tasks"] <= 100 and 0 <= arguments["cleanups"] <= 100):
            return False
        labels = [f"task {i}" for i in range(arguments["tasks"])]
        works = [call.works.get(label, (Work(),))[0] for label in labels]
        if any(work.hangs for work in works) and not any(work.raises for work in works):
            return False
        others = [work for label, own in call.works.items() if label not in labels for work in own]
        if any(work.hangs for work in others):
            return False
    return True


UNIT = Unit(
    name="task_group",
    does="Executes tasks at the same time and waits for all; when one fails, the others are"
    " cancelled; clean-ups are called in the end, whatever happened.",
    capability=Capability.TASK_GROUP,
    operations={
        "execute": Operation(
            does="Ends well when the body and every task did, otherwise with the error of one.",
            required=("tasks", "cleanups"),
        )
    },
    draw=draw,
    accepts=accepts,
)
