"""From schedules to distinct defects in this process: explore, collect, minimise, merge.

Also a program: prints the fingerprints of some planted bugs, for another process to compare.
"""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from detection import executors, special
from detection.executors import Planted, PlantedAdapter
from detection.workload import draw
from production_testers.evidence.defect import Defect
from production_testers.evidence.identity import merged_into
from production_testers.evidence.pipeline import candidates_of, minimise
from production_testers.experiments.exploration import KindReport
from production_testers.experiments.judging import run_and_judge
from production_testers.model.scenario import Kind, Scenario
from production_testers.model.scenario_format import to_json

Way = tuple[str, str]

TRIED = 120
"""Schedules in which a bug is looked for."""

DEEP = 900
"""Chains of so many stages take seconds to make small, and are left out."""

EXPLORED = 8
"""Schedules of a kind of an entry in which a bug is looked for."""

EXPLORE = "production_testers.experiments.jobs:explore"

ELSEWHERE: tuple[tuple[str, Way], ...] = (
    ("LeavesSiblingsAfterFailure", ("lifecycle/nothing-left-running", "after-failure")),
    ("ReturnsNamesOutOfOrder", ("dag/outputs-in-result", "result-differs")),
    ("SwallowsFailures", ("dag/failure-surfaces", "failure-swallowed")),
)
"""What another process and another machine must call by the same fingerprint."""


class Here:
    """A worker that is this process."""

    def __init__(self, execution: type[Planted]) -> None:
        self.adapter = PlantedAdapter(execution)
        self.sut = {"name": "planted", "version": None}

    def call(self, job: str, arguments: dict[str, Any], **_more: Any) -> Any:
        module, _, name = job.partition(":")
        function = getattr(importlib.import_module(module), name)
        return json.loads(json.dumps(function(self.adapter, arguments, lambda _event: None)))

    def broken(self, scenario: Scenario) -> dict[Way, dict[str, Any]]:
        """Way of breaking a law → the verdict."""
        judged = run_and_judge(self.adapter, self.adapter.describe(), scenario)
        return {
            (law, way.outcome_class): replace(way, also=()).as_json()
            for law, verdict in judged.broken.items()
            for way in verdict.ways()
        }


def scenarios(seed: int, workload: str) -> Iterator[Scenario]:
    """The schedules of a seed."""
    for index in range(TRIED):
        drawn = special.draw(workload, seed, index) if workload else draw(seed, index)
        if len(drawn.pipeline.stages) < DEEP:
            yield drawn


def candidate(
    execution: type[Planted],
    way: Way,
    seed: int,
    *,
    workload: str = "",
    like: Callable[[Scenario], bool] = lambda _scenario: True,
) -> dict[str, Any]:
    """The first schedule of a seed that breaks a law in a way, of those that are alike."""
    here = Here(execution)
    for index, scenario in enumerate(filter(like, scenarios(seed, workload))):
        if (verdict := here.broken(scenario).get(way)) is not None:
            return {
                "law": way[0],
                "verdict": verdict,
                "index": index,
                "kind": Kind.CHAOS.value,
                "scenario": to_json(scenario),
            }
    raise AssertionError(f"seed {seed} does not show it")


def defect_of(execution: type[Planted], way: Way, seed: int, **which: Any) -> Defect:
    """What one seed makes of a planted bug."""
    found, flaky = minimise(Here(execution), [candidate(execution, way, seed, **which)], seed)
    assert not flaky
    (defect,) = found
    return defect


def merged(defects: list[Defect]) -> list[Defect]:
    """The distinct ones."""
    kept: list[Defect] = []
    for defect in defects:
        kept = merged_into(kept, defect)
    return kept


def explored(
    execution: type[Planted], folder: Path, way: Way, kind: Kind, seed: int
) -> list[dict[str, Any]]:
    """The candidates of one way that exploring a kind of an entry's folder shows."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("pipelines", "mocks")]:
        del sys.modules[name]  # of another entry
    sys.path.insert(0, str(folder))
    try:
        report = KindReport(kind=kind, planned=EXPLORED)
        arguments = {"kind": kind.value, "seed": seed, "start": 0, "count": EXPLORED}
        report.add(Here(execution).call(EXPLORE, arguments))
        return candidates_of({kind: report}).get(way, [])
    finally:
        sys.path.remove(str(folder))


if __name__ == "__main__":
    from production_testers.simulation import install

    install()
    prints = {
        name: defect_of(getattr(executors, name), way, int(sys.argv[1])).fingerprint
        for name, way in ELSEWHERE
    }
    sys.stdout.write(json.dumps(prints))
