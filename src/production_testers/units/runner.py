"""Runner: executes a pipeline and puts what came of it into one answer that never raises."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

MODES = ("practice", "prüfung", "")
"""What a run is for; the first one where its caller does not say."""

TEXTS = ("hello", "", "Grüße \u200b\U0001f600", "x" * 2_000, "'; --")

ENDS = ("ok", "raises", "refuses", "cancels", "writes")
"""How a stage ends: well, with an error of its own, by saying that it failed, by cancelling the
run, or well after having written into what was given to the run."""


def stage(number: int) -> str:
    """Label of a stage's own code, which is given `{text, notes, mode}` and gives `{ends, é}`."""
    return f"stage {number}"


def draw(random: Random, kind: Kind) -> Usage:
    """Runs at the same time, of which some fail, cancel themselves or write into their input."""
    stages = random.randint(1, 4)
    share = 0.0 if kind is Kind.BASELINE else random.choice((0.0, 0.2))
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 2)):
            works = {}
            for one in range(stages):
                ends = random.choice(ENDS[1:]) if random.random() < share else "ok"
                works[stage(one)] = (
                    Work(
                        ms=round(random.uniform(0.5, 20), 1),
                        raises="value" if ends == "raises" else "",
                        gives={"ends": ends, "é": [one, {"n": None}]},
                    ),
                )
            operation = random.choices(("run", "run_simply"), (4, 1))[0]
            arguments: dict[str, Any] = {
                "run": f"run c{client}.{number}", "text": random.choice(TEXTS),
            }  # fmt: skip
            if operation == "run_simply":
                arguments["notes"] = random.choice((None, {"from": "ü", "n": [1]}))
            if random.random() < 0.5:
                arguments["mode"] = random.choice(MODES)
            calls.append(
                drawing.call(
                    client, number, operation, arguments,
                    cancel_after_ms=drawing.gives_up(random, kind, 30.0),
                    works=works,
                )
            )  # fmt: skip
    settings = {"stages": stages, "checks": random.random() < 0.5, "keeps": random.random() < 0.7}
    return Usage(unit="runner", settings=settings, calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """Every run has a name of its own, and every stage says how it ends."""
    settings: Mapping[str, Any] = usage.settings
    names = [call.arguments.get("run") for call in usage.calls]
    labels = [stage(number) for number in range(settings["stages"])]
    says = all(
        label in call.works and all(_says(work) for work in call.works[label])
        for call in usage.calls
        for label in labels
    )
    return bool(settings["stages"] >= 1 and len(set(names)) == len(names) and says)


def _says(work: Work) -> bool:
    return isinstance(work.gives, Mapping) and work.gives.get("ends") in ENDS


UNIT = Unit(
    name="runner",
    does="Executes stages one after the other, and says whether all went well, what each gave, and"
    " what went wrong. Where it `checks`, a stage that writes into what was given to its run"
    " fails the run; where it `keeps` events, they are part of the answer.",
    capability=Capability.RUNNER,
    operations={
        "run": Operation(
            does="Executes the stages; an error of theirs is part of the answer.",
            required=("run", "text"),
            fixed=("run",),
        ),
        "run_simply": Operation(
            does="The same in one call, with notes that stages can read, or none; it neither"
            " checks nor is asked for its events.",
            required=("run", "text", "notes"),
            fixed=("run",),
        ),
    },
    draw=draw,
    accepts=accepts,
)
