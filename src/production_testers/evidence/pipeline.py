"""The gates between a broken law and a finding.

proposed → minimised → unique → reproduced (k of n in fresh processes) → attributed (the
reference keeps the law over the same scenario) → verified (a clean environment that holds only
the system under test and this package). What fails a gate is kept as rejected, with the reason.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from production_testers.evidence import fingerprint
from production_testers.evidence.defect import Defect, Step
from production_testers.evidence.replay import replay
from production_testers.experiments.exploration import KindReport, WorkerPool
from production_testers.experiments.worker import Worker, WorkerDiedError
from production_testers.laws import LAWS, Severity
from production_testers.model.scenario import Kind

MINIMISE = "production_testers.evidence.jobs:minimise"
CONTROL = "production_testers.evidence.jobs:control"
COST = "production_testers.experiments.jobs:cost"

ALLOWANCE = 600
"""Scenarios that shrinking one candidate may try."""

TRIED_PER_CLASS = 5
"""Candidates of one law and one way of breaking it that are minimised: one defect usually shows
in many schedules, but two defects may break one law in one way."""

REPLAYS = 3
"""Fresh processes in which a minimal scenario must break the law, with the same history."""

CONTROLS = 25
"""Timings under which the reference must keep the law."""


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


def minimise(
    workers: WorkerPool, candidates: Iterable[dict[str, Any]], seed: int
) -> tuple[list[Defect], list[Defect]]:
    """Minimise candidates of one law and class; equal and larger ones are the same defect.

    Returns:
        The distinct defects, and the candidates that did not break again when replayed.
    """
    found: list[Defect] = []
    flaky: list[Defect] = []
    for candidate in list(candidates)[:TRIED_PER_CLASS]:
        defect = _minimised(workers, candidate, seed)
        if defect.failed_gate is not None:
            flaky.append(defect)
        elif (same := next((d for d in found if d.explains(defect)), None)) is not None:
            found[found.index(same)] = _merged(same, defect)
        else:
            larger = [d for d in found if defect.explains(d)]
            for other in larger:
                found.remove(other)
                defect = _merged(defect, other)
            found.append(defect)
    return found, flaky


def _merged(kept: Defect, other: Defect) -> Defect:
    kinds = {**other.kinds, **kept.kinds}
    return replace(kept, kinds=kinds)


def _minimised(workers: WorkerPool, candidate: Mapping[str, Any], seed: int) -> Defect:
    law, outcome_class = candidate["law"], candidate["verdict"]["outcome_class"]
    arguments = {
        "scenario": candidate["scenario"],
        "law": law,
        "outcome_class": outcome_class,
        "allowance": ALLOWANCE,
    }
    proposed = Defect(
        law=law,
        outcome_class=outcome_class,
        component="",
        features=(),
        fingerprint="",
        verdict=candidate["verdict"],
        exhibit={"scenario": candidate["scenario"]},
        digest="",
        sut=workers.sut,
        kinds={candidate["kind"]: 0},
        origin={"seed": seed, "kind": candidate["kind"], "index": candidate["index"]},
        steps=(
            Step(
                state="proposed",
                passed=True,
                detail=f"schedule {candidate['index']} of {candidate['kind']}, seed {seed}",
            ),
        ),
    )
    try:
        result = workers.call(MINIMISE, arguments)
    except WorkerDiedError as error:
        return proposed.with_step("minimised", str(error), passed=False)
    if not result["reproduced"]:
        return proposed.with_step(
            "reproduced", "the schedule did not break the law again: flaky", passed=False
        )
    end = "nothing smaller breaks it" if result["complete"] else "allowance used up"
    return replace(
        proposed,
        component=result["component"],
        features=tuple(result["features"]),
        fingerprint=result["fingerprint"],
        verdict=result["verdict"],
        exhibit={"scenario": result["scenario"]},
        executions=result["executions"],
    ).with_step("minimised", f"{result['executions']} smaller scenarios tried; {end}")


def cost_defect(workers: WorkerPool, costs: Mapping[str, Any]) -> Defect | None:
    """The defect that a law about measured work found, on the first shape that breaks it."""
    for shape, measured in costs.items():
        for law, verdict in measured["verdicts"].items():
            if verdict["state"] == "broken":
                sizes = [size for size, _ in measured["points"]]
                component = workers.call(
                    "production_testers.evidence.jobs:component",
                    {"law": law, "outcome_class": verdict["outcome_class"]},
                )
                needed = ("stage-count",)
                return Defect(
                    law=law,
                    outcome_class=verdict["outcome_class"],
                    component=component,
                    features=needed,
                    fingerprint=fingerprint.fingerprint(
                        law, component, verdict["outcome_class"], needed
                    ),
                    verdict=verdict,
                    exhibit={"shape": shape, "sizes": [_small(sizes), sizes[-1]]},
                    digest="",
                    sut=workers.sut,
                    kinds={"stress": 0},
                    origin={"shape": shape},
                    steps=(
                        Step(
                            state="proposed",
                            passed=True,
                            detail=f"executed lines counted for {shape} of {sizes} stages",
                        ),
                        Step(state="minimised", passed=True, detail="two sizes are enough"),
                    ),
                )
    return None


def _small(sizes: list[int]) -> int:
    """The size before the last: the law compares these two."""
    return sizes[-2]


class Gates:
    """The gates after minimising, for one system under test.

    Args:
        python: Interpreter of the environment in which it was found.
        clean: Makes a clean environment and gives its interpreter; asked once, when needed.
        sut: Name of the adapter.
        folder: The run folder, for stage functions of its own.
    """

    def __init__(
        self, python: Path, clean: Callable[[], Path], sut: str, folder: Path | None
    ) -> None:
        self._python = python
        self._clean = clean
        self._sut = sut
        self._paths = () if folder is None else (folder,)

    def pass_through(self, defect: Defect) -> Defect:
        """Reproduce, attribute and verify, until a gate turns it down."""
        for gate in (self.reproduce, self.attribute, self.verify):
            defect = gate(defect)
            if defect.failed_gate is not None:
                break
        return defect

    def reproduce(self, defect: Defect) -> Defect:
        """The same break and the same history in every fresh process."""
        shown = [
            replay(self._python, defect, sut=self._sut, paths=self._paths) for _ in range(REPLAYS)
        ]
        count = sum(one.shows is True for one in shown)
        digests = {one.digest for one in shown}
        detail = f"{count} of {REPLAYS} fresh processes, {len(digests)} distinct histories"
        return replace(defect, digest=shown[0].digest).with_step(
            "reproduced", detail, passed=count == REPLAYS and len(digests) == 1
        )

    def attribute(self, defect: Defect) -> Defect:
        """The reference keeps the law over the same pipeline, inputs and faults."""
        with Worker(Path(sys.executable), "reference", self._paths) as control:
            if "scenario" not in defect.exhibit:
                result = control.call(COST, dict(defect.exhibit))
                state = result["verdicts"][defect.law]["state"]
                detail = f"on the reference executor, over the same sizes, the law {state}"
                return defect.with_step("attributed", detail, passed=state == "holds")
            arguments = {
                "scenario": defect.exhibit["scenario"],
                "law": defect.law,
                "count": CONTROLS,
            }
            states = control.call(CONTROL, arguments)["states"]
        detail = (
            f"on the reference executor the law holds in {states['holds']} of {CONTROLS} timings"
            f" of the same scenario ({states['broken']} broken, {states['unknown']} not exercised)"
        )
        return defect.with_step(
            "attributed", detail, passed=states["broken"] == 0 and states["holds"] > 0
        )

    def verify(self, defect: Defect) -> Defect:
        """Once more in a clean environment."""
        shown = replay(self._clean(), defect, sut=self._sut, paths=self._paths)
        same = shown.shows is True and shown.digest == defect.digest
        return defect.with_step(
            "verified", f"clean environment, new process: {shown.detail}", passed=same
        )
