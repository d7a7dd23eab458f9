"""Evidence that is a load: measured in pairs, here and on a control, and told in words.

The exhibit `{"load": …}` says what one process does in every turn: `scenario` and `work` (as
`load.worker.pipelines` takes them), `shape`, `concurrency`, `think_s`, `workers` (of how many that
process is one), `duration_s`, `timeout_s`; `targets` for that process; and `beside`, the earlier
release that is the control, with the `figures` that are compared. Without it the control is the
reference executor in the same process.

All turns of one measurement are made one after the other, each in a fresh child. A measurement
decides by the written rule (`model/measured.py`), so there is no further repeating of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from production_testers.evidence import fingerprint
from production_testers.evidence.defect import Defect
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.worker import Worker, Workers
from production_testers.laws.load.figures import HIGHER_IS_BETTER
from production_testers.laws.load.releases import CPU, FIGURES
from production_testers.laws.load.releases import LAW as RELEASES
from production_testers.laws.load.targets import LAW as TARGETS
from production_testers.model.measured import in_turns
from production_testers.model.verdict import State

ONE = "production_testers.load.worker.paired:one"
JUDGE = "production_testers.load.worker.paired:judge"
COMPONENT = "production_testers.evidence.jobs:component"

PAIRS = 14
"""Pairs of one measurement. The sign test is sure to one in a hundred when twelve of them agree:
two bad moments of the machine are forgiven."""

FEATURES = ("load",)

_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What the pairs of one load showed.

    Attributes:
        figures: As `model.observation.LoadFigure` has them.
        verdicts: Law → its verdict on all of them together.
    """

    figures: tuple[Mapping[str, Any], ...]
    verdicts: Mapping[str, Any]


def is_load(exhibit: Mapping[str, Any]) -> bool:
    """Whether evidence is a load."""
    return "load" in exhibit


def measured(workers: Workers, load: Mapping[str, Any]) -> Measurement:
    """Make all pairs of a load.

    Args:
        workers: Of the system under test; the reference runs there, too.
        load: The exhibit's `load`.

    Raises:
        WorkerDiedError: A turn ended without an answer: nobody can tell then.
        SutUnavailableError: The earlier release cannot be installed.
    """
    told: dict[str, list[dict[str, float]]] = {"sut": [], "control": []}
    with _control(workers, load) as control:
        for who in in_turns(PAIRS):
            on = workers if who == "sut" else control
            reference = who == "control" and on is workers
            told[who].append(on.call(ONE, {"load": dict(load), "control": reference}))
    figures = tuple(_figures(load, told["sut"], told["control"]))
    return Measurement(figures=figures, verdicts=judged(workers, figures))


def judged(workers: Workers, figures: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What the laws say; none where the framework does not offer what they are about."""
    verdicts: dict[str, Any] = workers.call(JUDGE, {"figures": [dict(one) for one in figures]})
    return verdicts


def _figures(
    load: Mapping[str, Any],
    own: Sequence[Mapping[str, float]],
    other: Sequence[Mapping[str, float]],
) -> Iterator[dict[str, Any]]:
    names = load.get("figures", FIGURES) if load.get("beside") else tuple(load["targets"])
    operations = min(int(one["operations"]) for one in (*own, *other))
    for name in names:
        pairs = zip(own, other, strict=True)
        yield {
            "name": name,
            "pairs": [
                [round(_alone_here(name, mine), _DIGITS), round(its.get(name, 0.0), _DIGITS)]
                for mine, its in pairs
            ],
            "waited_share": round(fmean(one["waited_share"] for one in own), 3),
            "operations": operations,
            "limit": None if load.get("beside") else load["targets"][name],
        }


def _alone_here(name: str, told: Mapping[str, float]) -> float:
    """The figure less the time in which others had the core; the control's stays as it is.

    A target that is missed only because others use the machine is nobody's fault. What is taken
    off speaks for the system under test alone.
    """
    value, left = told.get(name, 0.0), 1.0 - told["waited_share"]
    if name == CPU or left <= 0:
        return value
    return value / left if name in HIGHER_IS_BETTER else value * left


@contextmanager
def _control(workers: Workers, load: Mapping[str, Any]) -> Iterator[Workers]:
    """Who makes the other turn of a pair."""
    if not load.get("beside"):
        yield workers
        return
    sut = Sut.parse(str(load["beside"]))
    with Worker(prepare(sut).python, sut.name, workers.paths) as earlier:
        yield earlier


def replayed(workers: Workers, exhibit: Mapping[str, Any]) -> dict[str, Any]:
    """A measurement as other replays are told: verdicts, and no history."""
    found = measured(workers, exhibit["load"])
    return {"verdicts": dict(found.verdicts), "digest": "", "history": ""}


def asked(
    workers: Workers, exhibit: Mapping[str, Any], law: str, outcome_class: str
) -> dict[str, Any]:
    """What another release says, as `elsewhere.ask` tells it."""
    verdict = measured(workers, exhibit["load"]).verdicts.get(law)
    plain = {"timings": 0, "broken": 0, "own": False, "out_of_step": [], "digest": ""}
    if verdict is None:
        return {"answer": "not_offered", "detail": "the law does not apply here", **plain}
    shows = verdict["state"] == "broken" and verdict["outcome_class"] == outcome_class
    answer = "broken" if shows else {"broken": "unknown"}.get(verdict["state"], verdict["state"])
    told = {"timings": 1, "broken": int(shows), "own": shows}
    return {"answer": answer, "detail": verdict["summary"], **plain, **told}


def defects_of(workers: Workers, load: Mapping[str, Any], found: Measurement) -> list[Defect]:
    """What a measurement shows, each way of breaking a law with the one figure that shows it best.

    Args:
        workers: Of the system under test.
        load: What was measured.
        found: What that showed.
    """
    law = (RELEASES if load.get("beside") else TARGETS).id
    defects: dict[str, Defect] = {}
    for figure in found.figures:
        verdict = judged(workers, [figure]).get(law)
        if verdict is None or verdict["state"] != State.BROKEN.value:
            continue
        way = str(verdict["outcome_class"])
        if way not in defects:
            defects[way] = _defect(workers, law, verdict, _alone(load, figure), figure)
    return list(defects.values())


def _alone(load: Mapping[str, Any], figure: Mapping[str, Any]) -> dict[str, Any]:
    """The load with that figure alone: another one could leave a replay undecided."""
    if load.get("beside"):
        return {**load, "figures": [figure["name"]]}
    return {**load, "targets": {figure["name"]: figure["limit"]}}


def _defect(
    workers: Workers,
    law: str,
    verdict: Mapping[str, Any],
    load: Mapping[str, Any],
    figure: Mapping[str, Any],
) -> Defect:
    way = str(verdict["outcome_class"])
    component = workers.call(COMPONENT, {"law": law, "outcome_class": way})
    defect = Defect(
        law=law,
        outcome_class=way,
        component=component,
        features=FEATURES,
        fingerprint=fingerprint.fingerprint(law, component, way, FEATURES),
        verdict=verdict,
        exhibit={"load": dict(load)},
        digest="",
        sut=workers.sut,
        kinds={"stress": 0},
        origin={"measured": dict(figure)},
    ).with_step("proposed", str(verdict["summary"]))
    return defect.with_step("minimised", f"{figure['name']} alone shows it")


def in_words(load: Mapping[str, Any]) -> tuple[str, ...]:
    """What one process does in every turn, and beside what."""
    scenario, work = load["scenario"], load.get("work") or {}
    given = scenario.get("given")
    what = "Requests of the application"
    if given is not None:
        count = len(given["pipeline"]["stages"])
        what = f"Executions of a pipeline of {count} stage{'s' * (count != 1)}"
    elif "shape" in scenario:
        what = f"Executions of a {scenario['shape'].replace('_', '-')} of {scenario['size']} stages"
    does = ", which do nothing" if work.get("trivial") else ""
    how = _loop(load)
    share = "" if load["workers"] == 1 else f" (the share of one of {load['workers']} processes)"
    control = load.get("beside") or "the reference executor in the same process"
    told = ", ".join(f"{name}={target:g}" for name, target in load.get("targets", {}).items())
    return (
        f"{what}{does}: {how}{share}, {load['duration_s']:g} s a turn.",
        f"{PAIRS} pairs, in turns, beside {control}.",
        *((f"Target: {told}.",) if told and not load.get("beside") else ()),
    )


def _loop(load: Mapping[str, Any]) -> str:
    shape, callers = load["shape"], load["concurrency"]
    if shape is None:
        return f"{callers} callers, each starting its next when its last has ended"
    limit = "" if callers is None else f", at most {callers} under way"
    rates = [
        f"{first:g}" if first == last else f"{first:g} to {last:g}"
        for first, last, _ in shape["segments"]
    ]
    return f"arrivals at {', then '.join(rates) or 'stated moments'} a second{limit}"
