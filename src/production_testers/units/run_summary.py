"""Run summaries: one event for every stage that ended, and one for the run as a whole."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

OF_STAGE, OF_RUN = "stage summary", "run summary"
"""Events that the unit emits: `{of, label, status, ms}`, and `{of, status, ms, stages, counts}`."""

OK, FAILED, CANCELLED = "ok", "failed", "cancelled"
"""Statuses in summaries."""

SHAPES = ("chain", "side by side")


def stage(number: int) -> str:
    """Label of a stage's own code; where it gives `{refuses}`, the stage says that it failed."""
    return f"stage {number}"


def draw(random: Random, kind: Kind) -> Usage:
    """Runs at the same time whose stages fail now and then, in either of two ways."""
    stages = random.randint(1, 5)
    share = 0.0 if kind is Kind.BASELINE else random.choice((0.0, 0.1, 0.3))
    longest_ms = random.choice((20.0, 20.0, 20.0, 3_000.0))
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 2)):
            works = {}
            for one in range(stages):
                ends = random.choice(("raises", "refuses")) if random.random() < share else "ok"
                works[stage(one)] = (
                    Work(
                        ms=round(random.uniform(0.5, longest_ms), 1),
                        raises="value" if ends == "raises" else "",
                        gives={"refuses": ends == "refuses", "é": [1]},
                    ),
                )
            calls.append(
                drawing.call(
                    client, number, "run", {"run": f"run c{client}.{number}"},
                    after_ms=random.choice((0.0, 1.0, 5.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 30.0),
                    works=works,
                )
            )  # fmt: skip
    return Usage(
        unit="run_summary",
        settings={"stages": stages, "shape": random.choice(SHAPES)},
        calls=tuple(calls),
    )


def accepts(usage: Usage) -> bool:
    """Every run has a name of its own, and every stage says how it ends."""
    settings: Mapping[str, Any] = usage.settings
    names = [call.arguments.get("run") for call in usage.calls]
    labels = [stage(number) for number in range(settings["stages"])]
    says = all(
        isinstance(work.gives, Mapping) and "refuses" in work.gives
        for call in usage.calls
        for label in labels
        for work in call.works.get(label, ())
    )
    there = all(set(labels) <= set(call.works) for call in usage.calls)
    return settings["stages"] >= 1 and len(set(names)) == len(names) and there and says


UNIT = Unit(
    name="run_summary",
    does="Executes stages, one after the other or side by side, and tells of every stage that"
    " ended, and of the run as a whole, how it ended and how long it took.",
    capability=Capability.RUN_SUMMARY,
    operations={
        "run": Operation(
            does="Executes the stages; fails when one of them does.",
            required=("run",),
            fixed=("run",),
        )
    },
    draw=draw,
    accepts=accepts,
    fixed=("shape",),
)
