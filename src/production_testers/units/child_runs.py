"""Child runs: a run starts others, which know their parent and are told of cancellation."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit


def draw(random: Random, kind: Kind) -> Usage:
    """Runs that start children, those others, some too deep, and cancellations of running ones."""
    deepest = random.randint(1, 4)
    calls: list[Call] = []
    runs: list[str] = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 3)):
            if runs and kind is not Kind.BASELINE and random.random() < 0.3:
                of: dict[str, Json] = {"of": random.choice(runs)}
                after_ms = random.choice((1.0, 5.0))
                calls.append(drawing.call(client, number, "cancel", of, after_ms=after_ms))
            else:
                runs.append(f"run {client}.{number}")
                calls.append(_spawn(random, kind, client, number, deepest))
    calls.append(drawing.call(99, 0, "left", after_ms=10_000.0))
    return Usage(unit="child_runs", settings={"deepest": deepest}, calls=tuple(calls))


def _spawn(random: Random, kind: Kind, client: int, number: int, deepest: int) -> Call:
    levels = random.randint(1, deepest + (kind is not Kind.BASELINE))
    share = 0.0 if kind is Kind.BASELINE else 0.2
    works = {
        f"child {level}": (drawing.work(random, ("error", "value", "timeout"), share),)
        for level in range(1, levels + 1)
    }
    return drawing.call(
        client, number, "spawn",
        {
            "run": f"run {client}.{number}",
            "levels": levels,
            "writes": random.random() < 0.5,
            "beside": random.choice((1, 1, 2, 3)),
        },
        after_ms=random.choice((0.0, 1.0)),
        cancel_after_ms=drawing.gives_up(random, kind, 20.0),
        works=works,
    )  # fmt: skip


def accepts(usage: Usage) -> bool:
    """Depths are positive, names of runs unique; what is cancelled is one of them."""
    settings: Mapping[str, Any] = usage.settings
    spawned = [call.arguments for call in usage.calls if call.operation == "spawn"]
    runs = {arguments["run"] for arguments in spawned}
    if len(runs) < len(spawned) or settings["deepest"] < 1:
        return False
    for call in usage.calls:
        arguments: Mapping[str, Any] = call.arguments
        if call.operation == "spawn" and not (
            1 <= arguments["levels"] <= 20 and 1 <= arguments["beside"] <= 20
        ):
            return False
        if call.operation == "cancel" and arguments["of"] not in runs:
            return False
    return True


UNIT = Unit(
    name="child_runs",
    does="Starts runs from inside runs, up to a depth; emits `spawned`, and `completed`, `failed`"
    " or `cancelled` in the end; marks them when their parent is cancelled. A child has data of its"
    " own.",
    capability=Capability.CHILD_RUNS,
    operations={
        "spawn": Operation(
            does="Starts a number of children of a run at once, `beside` each other, each of which"
            " executes `child 1` and starts one that executes `child 2`, and so on; gives whether"
            " all went `well`, the `owner` that the first child saw in its parent's data, and the"
            " `data` of the parent after it. A child that writes changes the owner in its own"
            " data.",
            required=("run", "levels", "writes", "beside"),
            fixed=("run",),
        ),
        "cancel": Operation(
            does="Marks a run and its children as cancelled; gives how many children were at work"
            " and were `missed`.",
            required=("of",),
            fixed=("of",),
        ),
        "left": Operation(does="Gives how many children are known to be at work."),
    },
    draw=draw,
    accepts=accepts,
)
