"""Whose fault a missed load target is: pairs beside a control, and the gates of every finding.

A missed target has an exit code. It becomes a finding only where the same load shows, in turns and
with the statistics of `laws/load/`, that it is the framework.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.version import Version

from production_testers.evidence import loads
from production_testers.evidence.defect import Defect
from production_testers.evidence.pipeline import Gates
from production_testers.evidence.words import exhibit_in_words
from production_testers.experiments.environments import Sut, install_clean, prepare
from production_testers.experiments.targets import AT_LEAST, FAILED, targets_missed
from production_testers.experiments.worker import Worker, WorkerDiedError, Workers
from production_testers.laws.load.figures import OPERATIONS_MIN
from production_testers.load.arrivals import Shape, bounded
from production_testers.load.plan import Plan
from production_testers.load.result import Result
from production_testers.load.subjects import Subject
from production_testers.load.worker.paired import OF_TARGET
from production_testers.model.canonical import Json
from production_testers.model.verdict import State
from production_testers.phases.context import RunContext
from production_testers.workspace.atomic import write_json

WRITTEN = "production_testers.load.worker.paired:written"

LOAD = "load"
"""Under which name a run keeps what its pairs showed, beside its counted work."""

TURN_MIN_S, TURN_MAX_S = 0.5, 5.0
"""How long one turn of a pair lasts: as long as its figures need executions, within these."""

_SPARE = 1.4
"""A turn has so many more executions than its figures need: machines have bad moments."""

UNKEPT = "; with --out DIR it is proved, and kept as a finding that replays"

_IN_A_ROW = 5
"""A turn lasts at least as long as so many executions that follow each other."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whose fault it is.

    Attributes:
        says: In words, with the numbers.
        findings: What passed every gate, as documents hold it.
        rejected: What failed a gate, in words.
    """

    says: str
    findings: tuple[Mapping[str, Json], ...] = ()
    rejected: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Json]:
        """As `ptest load --json` prints it."""
        return {
            "says": self.says,
            "findings": [dict(one) for one in self.findings],
            "rejected": list(self.rejected),
        }


# ---------------------------------------------------------------------------------- `ptest load`


def judge_missed(
    subject: Subject,
    result: Result,
    targets: Mapping[str, float],
    out: Path | None,
    tell: Tell,
) -> Judged:
    """Whose fault it is that a load missed targets.

    Args:
        subject: What was put under load.
        result: The load.
        targets: Those that were stated and missed.
        out: Where evidence is kept; without it nothing becomes a finding.
        tell: Shows progress.
    """
    if subject.sut is None:
        return Judged(says="nobody can tell: only pipelines run on a control, too")
    wanted = {name: value for name, value in targets.items() if name in OPERATIONS_MIN}
    if not wanted:
        return Judged(says=f"nobody can tell: {', '.join(targets)} cannot be decided by pairs")
    turn = _turn_s(result, wanted)
    if isinstance(turn, str):
        return Judged(says=f"nobody can tell: {turn}")
    asked = replace(result.plan, duration_s=turn, warm_up_s=None)
    return _judge(subject, asked, {"targets": _of_one_process(wanted, asked)}, out, tell)


def judge_slower(
    subject: Subject, plan: Plan, earlier: Sut, out: Path | None, tell: Tell
) -> Judged:
    """Whether a release takes more than an earlier one, once a comparison has shown a difference.

    Args:
        subject: The pipeline on the later release.
        plan: The load that was compared.
        earlier: The other release.
        out: As `judge_missed` takes it.
        tell: Shows progress.
    """
    turn = min(max(plan.duration_s, TURN_MIN_S), TURN_MAX_S)
    asked = replace(plan, duration_s=turn, warm_up_s=None)
    return _judge(subject, asked, {"beside": str(earlier)}, out, tell)


def later_of(one: Sut, other: Sut) -> int | None:
    """Which of two releases of one system is the later, 0 or 1; None where nobody can say."""
    if one.name != other.name or not one.version or not other.version or one.source or other.source:
        return None
    versions = Version(one.version), Version(other.version)
    return None if versions[0] == versions[1] else int(versions[1] > versions[0])


def _judge(
    subject: Subject, plan: Plan, more: Mapping[str, Any], out: Path | None, tell: Tell
) -> Judged:
    assert subject.sut is not None, "only pipelines come here"
    environment = prepare(subject.sut)
    folder = _folder(subject)
    paths = () if folder is None else (folder,)
    with Worker(environment.python, subject.sut.name, paths) as worker:
        scenario = _written(worker, subject.target)
        if isinstance(scenario, str):
            return Judged(says=f"nobody can tell: {scenario}")
        load = load_of(plan, scenario, dict(subject.target.get("work") or {}), more)
        tell(f"  {' '.join(loads.in_words(load))}")
        try:
            found = loads.measured(worker, load)
        except WorkerDiedError as error:
            return Judged(says=f"nobody can tell: {error}")
        defects = loads.defects_of(worker, load, found)
    says = _says(found, defects)
    if not defects or out is None:
        return Judged(says=f"{says}{UNKEPT if defects else ''}")
    tell("  reproducing, attributing, verifying in a clean environment")
    with tempfile.TemporaryDirectory(prefix="ptest-verify-") as name:
        clean = install_clean(subject.sut, environment, Path(name))
        gates = Gates(environment.python, clean, subject.sut.name, folder)
        shown = [one.defect for one in gates.pass_through(defects)]
    return Judged(
        says=says,
        findings=tuple(
            _kept(defect, folder, out) for defect in shown if defect.state == "verified"
        ),
        rejected=tuple(
            f"{defect.law}, {defect.outcome_class}: not {gate.state}: {gate.detail}"
            for defect in shown
            if (gate := defect.failed_gate) is not None
        ),
    )


def _says(found: loads.Measurement, defects: Sequence[Defect]) -> str:
    if defects:
        return "; ".join(str(defect.verdict["summary"]) for defect in defects)
    told = [
        f"{_WORDS_OF[State(verdict['state'])]}: {verdict['summary']}"
        for verdict in found.verdicts.values()
    ]
    return "; ".join(told) or "nobody can tell: this release does not offer what the law is about"


_WORDS_OF = {
    State.UNKNOWN: "nobody can tell",
    State.HOLDS: "not the framework's",
    State.BROKEN: "the framework's",
}


def _written(workers: Workers, target: Mapping[str, Any]) -> dict[str, Any] | str:
    """The scenario as evidence holds it, or why it says nothing about the framework."""
    told = workers.call(WRITTEN, {"scenario": dict(target["scenario"])})
    if told["faulty"]:
        return "faults are in it, and what they cost is the framework's own choice"
    scenario: dict[str, Any] = told["scenario"]
    return scenario


def load_of(
    plan: Plan, scenario: Mapping[str, Any], work: Mapping[str, Any], more: Mapping[str, Any]
) -> dict[str, Any]:
    """The exhibit's `load`.

    Args:
        plan: What is done in one turn.
        scenario: As `load.worker.pipelines` takes it.
        work: What the stages do.
        more: `targets` of one process, or `beside`.
    """
    shape = None if plan.shape is None else bounded(plan.shape, plan.duration_s).as_json()
    return {
        "scenario": dict(scenario),
        "work": dict(work),
        "shape": shape,
        "concurrency": plan.concurrency,
        "think_s": plan.think_s,
        "workers": plan.workers,
        "duration_s": plan.duration_s,
        "timeout_s": plan.timeout_s,
        **more,
    }


def _of_one_process(targets: Mapping[str, float], plan: Plan) -> dict[str, float]:
    """Each of several processes has its share of a rate to make."""
    return {
        name: value / plan.workers if name == AT_LEAST else value for name, value in targets.items()
    }


def _turn_s(result: Result, targets: Mapping[str, float]) -> float | str:
    """How long a turn lasts, or why this load cannot be made in turns."""
    plan = result.plan
    if plan.shape is not None and not _is_steady(plan.shape):
        if plan.duration_s > TURN_MAX_S:
            return (
                f"a load that changes over {plan.duration_s:g} s cannot be made in twenty turns;"
                f" {TURN_MAX_S:g} s can"
            )
        return plan.duration_s
    needed = _SPARE * max(OPERATIONS_MIN[name] for name in targets)
    rate = result.throughput / plan.workers
    for_counts = needed / rate if rate else TURN_MAX_S
    in_a_row = _IN_A_ROW * result.service.percentile(50) / 1e9
    return min(max(for_counts, in_a_row, TURN_MIN_S), TURN_MAX_S)


def _is_steady(shape: Shape) -> bool:
    if shape.burst is not None or shape.replay is not None or len(shape.segments) != 1:
        return False
    return shape.segments[0].first == shape.segments[0].last


def _folder(subject: Subject) -> Path | None:
    return Path(subject.paths[0]) if subject.paths else None


def _kept(defect: Defect, stages: Path | None, out: Path) -> dict[str, Json]:
    """Write the evidence; the pipelines that it imports stand above it, as in a run folder."""
    folder = out / "findings" / defect.fingerprint
    write_json(folder / "evidence.json", defect.as_json())
    if stages is not None:
        shutil.copytree(
            stages / "pipelines",
            out / "findings" / "pipelines",
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    declared = defect.declared
    return {
        "type": declared.type.value,
        "severity": declared.severity.value,
        "title": f"{declared.title} ({defect.component})",
        "law": defect.law,
        "outcome_class": defect.outcome_class,
        "component": defect.component,
        "fingerprint": defect.fingerprint,
        "state": defect.state,
        "evidence": str(folder.resolve()),
        "replay": f"ptest replay {folder}",
        "scenario": list(exhibit_in_words(defect.exhibit)),
        "steps": [step.as_json() for step in defect.steps],
    }


# ------------------------------------------------------------------------------------- in a run


def measure_missed(context: RunContext, workers: Workers, result: Result) -> None:
    """Make the pairs of a run whose real executions missed a target; keep what they showed.

    Args:
        context: The run, measured; its costs get a further member.
        workers: Of its system under test.
        result: The closed loop of its real executions.
    """
    assert context.measured is not None, "it has just been measured"
    figures = {**context.measured["figures"], FAILED: 0.0}
    missed = {
        name: value
        for name, value in context.plan.targets.items()
        if name in OPERATIONS_MIN and targets_missed(figures, {name: value})
    }
    if not missed:
        return
    turn = _turn_s(result, missed)
    assert not isinstance(turn, str), "a closed loop is steady"
    context.tell(f"  {', '.join(missed)} missed: measuring pairs beside a control")
    scenario: dict[str, Any] = {OF_TARGET: True}
    if context.target is None:
        scenario = workers.call(WRITTEN, {"scenario": {"shown": True}})["scenario"]
    plan = replace(result.plan, duration_s=turn, warm_up_s=None)
    load = load_of(plan, scenario, {"trivial": context.target is None}, {"targets": missed})
    try:
        found = loads.measured(workers, load)
    except WorkerDiedError as error:
        context.tell(f"  nobody can tell whose fault it is: {error}")
        return
    context.costs[LOAD] = {
        "points": [],
        "verdicts": dict(found.verdicts),
        "load": load,
        "figures": [dict(one) for one in found.figures],
    }


def defects_of_run(context: RunContext, workers: Workers) -> list[Defect]:
    """What the pairs of a run show; none where it made none."""
    kept = context.costs.get(LOAD)
    if kept is None:
        return []
    found = loads.Measurement(figures=tuple(kept["figures"]), verdicts=kept["verdicts"])
    return loads.defects_of(workers, kept["load"], found)
