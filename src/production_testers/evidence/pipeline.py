"""The gates between a broken law and a finding.

proposed → minimised → unique → reproduced (k of n in fresh processes) → attributed (the
reference keeps the law over the same scenario) → verified (a clean environment that holds only
the system under test and this package). What fails a gate is kept as rejected, with the reason.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from production_testers.evidence import fingerprint
from production_testers.evidence.controls import CONTROLS
from production_testers.evidence.defect import Defect
from production_testers.evidence.growth import measured_in_words, measured_of
from production_testers.evidence.identity import merged_into
from production_testers.evidence.loads import is_load
from production_testers.evidence.ranges import Answer, Range
from production_testers.evidence.ranging import Releases, find_range
from production_testers.evidence.replay import Replay, replay
from production_testers.experiments.exploration import KindReport
from production_testers.experiments.releases import RELEASES
from production_testers.experiments.worker import Worker, WorkerDiedError, Workers
from production_testers.laws import LAWS, Severity
from production_testers.laws.target.keeps_nothing import REQUESTS
from production_testers.model.measured import Decided, decide
from production_testers.model.scenario import Kind
from production_testers.units.target import TARGET

MINIMISE = "production_testers.evidence.jobs:minimise"
CONTROL = "production_testers.evidence.jobs:control"
COST = "production_testers.experiments.jobs:cost"

ALLOWANCE = 30_000
"""Work, in stages times runs, for minimising the candidates of one law and class."""

TRIED_PER_CLASS = 5
"""Candidates of one law and one way of breaking it that are minimised: one defect usually shows
in many schedules, but two defects may break one law in one way."""

REPLAYS = 3
"""New processes in which a minimal scenario must break the law, with the same history."""

VERIFICATIONS = 10
"""Replays in a clean environment, all of which must show a schedule with the same history; work
that is counted is counted once, and a load is measured once: that is many pairs."""

NO_CONTROL = "no release tells the framework's fault from the script's"
"""How the reason begins where a script shows something and nobody can say who is to blame."""


def candidates_of(
    reports: Mapping[Kind, KindReport],
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Candidates by law and way of breaking it, most severe first, kinds taking turns."""
    grouped: dict[tuple[str, str], list[list[dict[str, Any]]]] = {}
    for report in reports.values():
        by_class: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for candidate in report.candidates:
            key = (candidate["law"], candidate["verdict"]["outcome_class"])
            by_class.setdefault(key, []).append(candidate)
        for key, found in by_class.items():
            grouped.setdefault(key, []).append(found)
    order = list(Severity)
    keys = sorted(grouped, key=lambda k: (order.index(LAWS[k[0]].classes[k[1]].severity), k))
    return {key: _in_turn(grouped[key]) for key in keys}


def _in_turn(lists: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    longest = max(len(found) for found in lists)
    return [found[i] for i in range(longest) for found in lists if i < len(found)]


def _never() -> bool:
    return False


def minimise(
    workers: Workers,
    candidates: Iterable[dict[str, Any]],
    seed: int,
    stop: Callable[[], bool] = _never,
) -> tuple[list[Defect], list[Defect]]:
    """Minimise candidates of one law and class; equal and larger ones are the same defect.

    Args:
        workers: Who does the work.
        candidates: In the order in which they are tried.
        seed: Of the run that found them.
        stop: Asked before each but the first: whether no other one is begun.

    Returns:
        The distinct defects, and the candidates that did not break again when replayed.
    """
    found: list[Defect] = []
    flaky: list[Defect] = []
    left = ALLOWANCE
    for candidate in list(candidates)[:TRIED_PER_CLASS]:
        if left <= 0 or ((found or flaky) and stop()):
            break
        defect, work = _minimised(workers, candidate, seed, left)
        left -= work
        if defect.failed_gate is not None:
            flaky.append(defect)
        else:
            found = merged_into(found, defect)
    return found, flaky


def _minimised(
    workers: Workers, candidate: Mapping[str, Any], seed: int, allowance: int
) -> tuple[Defect, int]:
    """The candidate made small, and the work that took."""
    return made_small(workers, proposed(candidate, workers.sut, seed), allowance)


def proposed(candidate: Mapping[str, Any], sut: Mapping[str, Any], seed: int) -> Defect:
    """A candidate as it comes from exploring, before any gate.

    Args:
        candidate: The law, the verdict, and the schedule that showed it.
        sut: Name and version of what was explored.
        seed: Of the run.
    """
    return Defect(
        law=candidate["law"],
        outcome_class=candidate["verdict"]["outcome_class"],
        component="",
        features=(),
        fingerprint="",
        verdict=candidate["verdict"],
        exhibit={"scenario": candidate["scenario"]},
        digest="",
        sut=dict(sut),
        kinds={candidate["kind"]: 1},
        origin={"seed": seed, "kind": candidate["kind"], "index": candidate["index"]},
    ).with_step("proposed", f"schedule {candidate['index']} of {candidate['kind']}, seed {seed}")


def made_small(workers: Workers, proposed: Defect, allowance: int) -> tuple[Defect, int]:
    """A defect with the smallest scenario that still shows it, and the work that took."""
    arguments = {
        "scenario": proposed.exhibit["scenario"],
        "law": proposed.law,
        "outcome_class": proposed.outcome_class,
        "allowance": allowance,
    }
    try:
        result = workers.call(MINIMISE, arguments)
    except WorkerDiedError as error:
        return proposed.with_step("minimised", str(error), passed=False), allowance
    if not result["reproduced"]:
        reason = "the schedule did not break the law again: flaky"
        return proposed.with_step("reproduced", reason, passed=False), 0
    end = "nothing smaller breaks it" if result["complete"] else "allowance used up"
    defect = replace(
        proposed,
        component=result["component"],
        features=tuple(result["features"]),
        fingerprint=result["fingerprint"],
        verdict=result["verdict"],
        exhibit={"scenario": result["scenario"]},
        executions=result["executions"],
        minimal=result["complete"],
        cures=tuple(result["cures"]),
        also_breaks=tuple((law, way) for law, way in result["also_breaks"]),
    )
    detail = f"{result['executions']} smaller scenarios tried; {end}"
    return defect.with_step("minimised", detail), result["work"]


def cost_defects(workers: Workers, costs: Mapping[str, Any]) -> list[Defect]:
    """What the laws about measured work found: each way of breaking one, on its first shape."""
    found: dict[tuple[str, str], Defect] = {}
    for shape, measured in costs.items():
        for law, verdict in measured["verdicts"].items():
            way = law, str(verdict.get("outcome_class"))
            if verdict["state"] == "broken" and way not in found:
                sizes = [size for size, _ in measured["points"]]
                found[way] = _cost_defect(workers, law, verdict, shape, sizes)
    return list(found.values())


def _smallest_pair(
    workers: Workers, law: str, outcome_class: str, shape: str, sizes: list[int]
) -> tuple[list[int], Mapping[str, Any] | None]:
    """The first two sizes in a row that show it; the last two where none before them do."""
    for pair in map(list, pairwise(sizes[:-1])):
        verdict = workers.call(COST, {"shape": shape, "sizes": pair})["verdicts"].get(law, {})
        if (verdict.get("state"), verdict.get("outcome_class")) == ("broken", outcome_class):
            return pair, verdict
    return sizes[-2:], None


def _cost_defect(
    workers: Workers, law: str, verdict: Mapping[str, Any], shape: str, sizes: list[int]
) -> Defect:
    outcome_class = str(verdict["outcome_class"])
    component = workers.call(
        "production_testers.evidence.jobs:component",
        {"law": law, "outcome_class": outcome_class, "shape": shape, "sizes": sizes},
    )
    needed = (measured_of(shape).feature,)
    pair, seen = _smallest_pair(workers, law, outcome_class, shape, sizes)
    defect = Defect(
        law=law,
        outcome_class=outcome_class,
        component=component,
        features=needed,
        fingerprint=fingerprint.fingerprint(law, component, outcome_class, needed),
        verdict=seen or verdict,
        exhibit={"shape": shape, "sizes": pair},
        digest="",
        sut=workers.sut,
        kinds={"stress": 0},
        origin={"shape": shape},
    )
    defect = defect.with_step("proposed", measured_in_words(shape, sizes))
    return defect.with_step("minimised", f"two sizes are enough, {pair[0]} and {pair[1]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A defect after the gates, and the history that shows it.

    Attributes:
        defect: With the states that it reached.
        history: Of the minimal scenario, as a file's text; empty where there is none.
        range: Which releases have it, where a gate had to ask.
    """

    defect: Defect
    history: str = ""
    range: Range | None = None


class Gates:
    """The gates after minimising, for one system under test.

    Every gate works in new processes of its own; each job in a fresh child of such a process.

    Args:
        python: Interpreter of the environment in which the defects were found.
        clean: Interpreter of a clean environment.
        sut: Name of the adapter.
        folder: The run folder, for stage functions of its own.
    """

    def __init__(self, python: Path, clean: Path, sut: str, folder: Path | None) -> None:
        self._python = python
        self._clean = clean
        self._sut = sut
        self._paths = () if folder is None else (folder,)

    def pass_through(
        self, defects: Sequence[Defect], stop: Callable[[], bool] = _never
    ) -> list[Shown]:
        """Reproduce, attribute and verify each, until a gate turns it down.

        Args:
            defects: The most severe first.
            stop: Asked before each piece of work but the first ones: whether no other is begun.

        Returns:
            Each as far as it came.
        """
        shown = self.reproduce(defects)
        for gate in (self.attribute, self.verify):
            shown = gate(shown, stop)
        return shown

    def reproduce(self, defects: Sequence[Defect]) -> list[Shown]:
        """The same break and the same history in every new process.

        A load is measured once more, in new processes, when nothing else is going on.
        """
        measured = [one for one in defects if is_load(one.exhibit)]
        shown = self._reproduce([one for one in defects if not is_load(one.exhibit)])
        for defect in measured:
            with self._worker(self._python) as worker:
                again = replay(worker, defect)
            told = f"measured again in new processes: {again.detail}"
            step = defect.with_step("reproduced", told, passed=again.shows is True)
            shown.append(Shown(defect=step))
        return sorted(shown, key=lambda one: _place(one.defect, defects))

    def _reproduce(self, defects: Sequence[Defect]) -> list[Shown]:

        def in_a_new_process(_round: int) -> list[Replay]:
            with self._worker(self._python) as worker:
                return [replay(worker, defect) for defect in defects]

        with ThreadPoolExecutor(max_workers=os.cpu_count()) as processes:
            rounds = list(processes.map(in_a_new_process, range(REPLAYS)))
        return [
            _reproduced(defect, [one[number] for one in rounds])
            for number, defect in enumerate(defects)
        ]

    def attribute(self, shown: Sequence[Shown], stop: Callable[[], bool] = _never) -> list[Shown]:
        """The reference keeps the law over the same pipeline, inputs and faults."""
        with (
            Worker(Path(sys.executable), "reference", self._paths) as control,
            self._worker(self._python) as own,
        ):

            def attributed(one: Shown) -> Shown:
                if is_load(one.defect.exhibit):
                    step = one.defect.with_step("attributed", _of_load(one.defect))
                    return replace(one, defect=step)
                if "script" in one.defect.exhibit:
                    return self._attributed_by_releases(one)
                where = own if _is_of_target(one.defect) else control
                return replace(one, defect=_attributed(where, one.defect))

            return _until(stop, shown, "reproduced", attributed)

    def _attributed_by_releases(self, shown: Shown) -> Shown:
        """No executor can run a script but the framework's own: other releases are its control."""
        defect = shown.defect
        if self._sut not in RELEASES:
            detail = f"{NO_CONTROL}: {self._sut} has no releases to compare"
            return replace(shown, defect=defect.with_step("attributed", detail, passed=False))
        with Releases.of(self._sut, RELEASES[self._sut], self._paths) as releases:
            found = find_range(defect, releases, lambda _line: None)
        assert found is not None, "nothing stops it"
        good = [one.release for one in found.observed if one.answer is Answer.HOLDS]
        detail = (
            f"the same text ends with 0 on {', '.join(good)}: nothing but the release differs"
            if good
            else f"{NO_CONTROL}: on none that was asked it ends with 0"
        )
        step = defect.with_step("attributed", detail, passed=bool(good))
        return replace(shown, defect=step, range=found if good else None)

    def verify(self, shown: Sequence[Shown], stop: Callable[[], bool] = _never) -> list[Shown]:
        """Once more in a clean environment."""
        with self._worker(self._clean) as worker:
            return _until(
                stop,
                shown,
                "attributed",
                lambda one: replace(one, defect=_verified(worker, one.defect)),
            )

    def _worker(self, python: Path) -> Worker:
        return Worker(python, self._sut, self._paths)


def _place(defect: Defect, among: Sequence[Defect]) -> int:
    return next(n for n, one in enumerate(among) if one.fingerprint == defect.fingerprint)


def _of_load(defect: Defect) -> str:
    """Every one of its measurements had its control in it."""
    beside = defect.exhibit["load"].get("beside")
    if beside:
        return f"the same load on {beside}, in turns: nothing but the release differs"
    return (
        "the plain executor met the target in the same process, in turns, with the same pipeline"
        " and work: it is not the machine, nor the stages, nor what they call"
    )


def _until(
    stop: Callable[[], bool],
    shown: Sequence[Shown],
    state: str,
    gate: Callable[[Shown], Shown],
) -> list[Shown]:
    """Each that came to the state through the gate; the first in any case."""
    return [
        gate(one) if one.defect.state == state and (number == 0 or not stop()) else one
        for number, one in enumerate(shown)
    ]


def _reproduced(defect: Defect, replays: Sequence[Replay]) -> Shown:
    count = sum(one.shows is True for one in replays)
    digests = {one.digest for one in replays}
    detail = f"{count} of {len(replays)} new processes"
    if any(digests):  # counted work and scripts have none
        detail += f", {len(digests)} distinct histories"
    passed = count == len(replays) and len(digests) == 1
    first = replays[0]
    defect = replace(defect, digest=first.digest).with_step("reproduced", detail, passed=passed)
    return Shown(defect=defect, history=first.history)


def _attributed(control: Worker, defect: Defect) -> Defect:
    if "scenario" not in defect.exhibit and not _is_of_target(defect):
        state = control.call(COST, dict(defect.exhibit))["verdicts"][defect.law]["state"]
        detail = f"on the reference executor, over the same sizes, the law {state}"
        return defect.with_step("attributed", detail, passed=state == "holds")
    if _is_of_target(defect):
        return _attributed_of_target(control, defect)
    arguments = {"scenario": defect.exhibit["scenario"], "law": defect.law, "count": CONTROLS}
    states = control.call(CONTROL, arguments)["states"]
    detail = (
        f"on the reference executor the law holds in {states['holds']} of {CONTROLS} timings of"
        f" the same scenario ({states['broken']} broken, {states['unknown']} not exercised)"
    )
    passed = states["broken"] == 0 and states["holds"] > 0
    return defect.with_step("attributed", detail, passed=passed)


def _is_of_target(defect: Defect) -> bool:
    usage = defect.exhibit.get("scenario", {}).get("usage")
    of_target = bool(usage) and usage["unit"] == TARGET
    return of_target or defect.exhibit.get("shape") == REQUESTS


def _attributed_of_target(worker: Worker, defect: Defect) -> Defect:
    """The same stages, executed as plain tasks: does the law hold without the framework?"""
    if "scenario" not in defect.exhibit:
        state = worker.call(COST, {**defect.exhibit, "control": True})["verdicts"][defect.law]
        whose = "the framework" if state["state"] == "holds" else "the application"
        detail = (
            "with the same stages as plain tasks, without the framework, over the same numbers of"
            f" requests, the law {state['state']}: {whose}"
        )
        return defect.with_step("attributed", detail)
    scenario = defect.exhibit["scenario"]
    settings = {**scenario["usage"]["settings"], "control": True}
    without = {**scenario, "usage": {**scenario["usage"], "settings": settings}}
    asked = {
        "scenario": without,
        "law": defect.law,
        "outcome_class": defect.outcome_class,
        "count": CONTROLS,
    }
    states = worker.call(CONTROL, asked)["states"]
    whose = "the framework" if states["broken"] == 0 and states["holds"] else "the application"
    detail = (
        "with the same stages as plain tasks, without the framework, the law holds in"
        f" {states['holds']} of {CONTROLS} timings and is broken in {states['broken']}: {whose}"
    )
    return defect.with_step("attributed", detail)


def _verified(worker: Worker, defect: Defect) -> Defect:
    once = "shape" in defect.exhibit or is_load(defect.exhibit)
    wanted = 1 if once else VERIFICATIONS
    replays = [replay(worker, defect) for _ in range(wanted)]
    if "script" in defect.exhibit:
        return _verified_by_rule(defect, replays)
    same = sum(one.shows is True and one.digest == defect.digest for one in replays)
    detail = f"clean environment, new process: {same} of {wanted} replays; {replays[-1].detail}"
    return defect.with_step("verified", detail, passed=same == wanted)


def _verified_by_rule(defect: Defect, replays: Sequence[Replay]) -> Defect:
    """A script is played for real, so the rule for what is measured decides."""
    shown = sum(one.shows is True for one in replays)
    unknown = sum(one.shows is None for one in replays)
    said = decide(shown, len(replays) - unknown, unknown=unknown)
    detail = f"clean environment, new processes: {said.words}; {replays[-1].detail}"
    return defect.with_step("verified", detail, passed=said.state is Decided.CONFIRMED)
