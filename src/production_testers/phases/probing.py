"""Links the hazards of the code to what the run shows: which lines ran, and which were a reason.

Executes a small sample of the schedules once more under a line recorder, and the smallest
scenario of every finding with flagged code repaired. Nothing here changes the exploration.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from production_testers.evidence.coverage import Place
from production_testers.evidence.defect import Defect
from production_testers.experiments.exploration import WorkerPool
from production_testers.experiments.worker import WorkerDiedError
from production_testers.laws import LAWS
from production_testers.laws.cost.operations_per_stage import SHAPES, SIZE_MIN
from production_testers.model.scenario import Kind
from production_testers.phases.context import RunContext
from production_testers.phases.research.decisions import Grown, Sampled, Seen, Shown
from production_testers.phases.research.hazard import HazardGroup, groups_of
from production_testers.phases.research.predictions import PREDICTIONS
from production_testers.phases.understanding import hazards_of

SAMPLE = "production_testers.evidence.coverage:sample"
LINES = "production_testers.evidence.coverage:lines_of"
GROWTH = "production_testers.evidence.coverage:growth"
WITHOUT = "production_testers.evidence.repairs:without"

SCHEDULES_PER_KIND = 6
"""How many schedules of each kind are executed under the line recorder."""

_T = TypeVar("_T")
_R = TypeVar("_R")


def probe(context: RunContext, workers: WorkerPool) -> None:
    """Find out for every hazard what the run shows of it, and keep that in the context."""
    groups = groups_of(hazards_of(context))
    places = list(dict.fromkeys(hazard.place for group in groups for hazard in group.hazards))
    if places:
        context.seen = _Probe(context, workers, groups, places).seen()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exhibit:
    """The smallest scenario of a finding, and the indices of the places that it executes."""

    finding: str
    defect: Defect
    reached: frozenset[int]


class _Probe:
    def __init__(
        self,
        context: RunContext,
        workers: WorkerPool,
        groups: Sequence[HazardGroup],
        places: Sequence[Place],
    ) -> None:
        self._context = context
        self._workers = workers
        self._groups = groups
        self._places = [list(place) for place in places]
        self._indices = {
            group.key: frozenset(places.index(hazard.place) for hazard in group.hazards)
            for group in groups
        }

    def seen(self) -> dict[tuple[str, str], Seen]:
        """What the run shows, by the key of the group."""
        samples = [one for batch in self._each(self._sample, tuple(Kind)) for one in batch]
        exhibits = self._each(self._exhibit, tuple(self._context.defects))
        shown = self._shown([exhibit for exhibit in exhibits if exhibit is not None])
        grown = self._grown()
        return {
            group.key: Seen(
                sampled=len(samples),
                reached=tuple(one for one, places in samples if places & self._indices[group.key]),
                shown=tuple(shown[group.key]),
                grown=grown.get(group.key, ()),
            )
            for group in self._groups
        }

    def _each(self, ask: Callable[[_T], _R], of: Sequence[_T]) -> list[_R]:
        with ThreadPoolExecutor(self._workers.size) as threads:
            return list(threads.map(ask, of))

    def _call(self, job: str, arguments: dict[str, Any]) -> Any:
        """The job's answer; None where the code under test took the worker down with it."""
        try:
            return self._workers.call(job, {**arguments, "places": self._places})
        except WorkerDiedError:
            return None

    def _sample(self, kind: Kind) -> list[tuple[Sampled, frozenset[int]]]:
        plan = self._context.plan
        if kind not in plan.schedules:
            return []
        arguments = {
            "kind": kind.value,
            "seed": plan.seed,
            "count": SCHEDULES_PER_KIND,
            "planned": plan.schedules[kind],
        }
        answer = self._call(SAMPLE, arguments) or {"samples": []}
        return [
            (
                Sampled(
                    kind=kind.value,
                    index=one["index"],
                    features=frozenset(one["features"]),
                    laws={law: (state, judged) for law, (state, judged) in one["laws"].items()},
                ),
                frozenset(one["reached"]),
            )
            for one in answer["samples"]
        ]

    def _exhibit(self, defect: Defect) -> _Exhibit | None:
        ids = [
            finding.id
            for finding in self._context.findings
            if finding.fingerprint == defect.fingerprint
        ]
        scenario = defect.exhibit.get("scenario")
        reached = self._call(LINES, {"scenario": scenario}) if ids and scenario else None
        if reached is None:
            return None
        return _Exhibit(finding=ids[0], defect=defect, reached=frozenset(reached))

    def _shown(self, exhibits: Sequence[_Exhibit]) -> dict[tuple[str, str], list[Shown]]:
        """For every group, the findings of a law that it predicts whose scenario executes it."""
        pairs = [
            (group, exhibit)
            for group in self._groups
            for exhibit in exhibits
            if self._indices[group.key] & exhibit.reached and _is_predicted(group, exhibit.defect)
        ]
        found: dict[tuple[str, str], list[Shown]] = {group.key: [] for group in self._groups}
        for (group, _), shown in zip(pairs, self._each(self._repaired, pairs), strict=True):
            found[group.key].append(shown)
        return found

    def _repaired(self, pair: tuple[HazardGroup, _Exhibit]) -> Shown:
        group, exhibit = pair
        shown = Shown(finding=exhibit.finding, law=exhibit.defect.law)
        if group.first.repair is None:
            return shown
        arguments = {
            "scenario": exhibit.defect.exhibit["scenario"],
            "law": exhibit.defect.law,
            "repair": group.first.repair.value,
            "name": group.first.qualified_name,
            "subject": group.first.subject,
            "flagged": [list(hazard.place) for hazard in group.hazards],
        }
        answer = self._call(WITHOUT, arguments)
        if answer is None or not answer["applied"]:
            return shown
        return Shown(
            finding=shown.finding,
            law=shown.law,
            state=answer["state"],
            broken=tuple(answer["broken"]),
        )

    def _grown(self) -> dict[tuple[str, str], tuple[Grown, ...]]:
        """The lines of every group whose prediction is about growing work."""
        groups = [g for g in self._groups if PREDICTIONS[g.first.kind].counts_lines]
        if not groups:
            return {}
        shapes = [
            (shape, pair)
            for shape, cost in self._context.costs.items()
            if shape in SHAPES and (pair := _smallest_pair(cost["points"])) is not None
        ]
        counted = self._each(
            lambda one: self._call(
                GROWTH, {"shape": one[0], "sizes": [size for size, _ in one[1]]}
            ),
            shapes,
        )
        return {
            group.key: tuple(
                self._growth(group, shape, points, counts)
                for (shape, points), counts in zip(shapes, counted, strict=True)
                if counts is not None
            )
            for group in groups
        }

    def _growth(
        self,
        group: HazardGroup,
        shape: str,
        points: tuple[list[int], list[int]],
        counts: list[list[int]],
    ) -> Grown:
        small, large = (sum(count[i] for i in self._indices[group.key]) for count in counts)
        fingerprints = {
            defect.fingerprint
            for defect in self._context.defects
            if LAWS[defect.law].needs_costs and defect.exhibit.get("shape") == shape
        }
        return Grown(
            shape=shape,
            sizes=(points[0][0], points[1][0]),
            lines=(small, large),
            total=points[1][1],
            findings=tuple(f.id for f in self._context.findings if f.fingerprint in fingerprints),
        )


def _smallest_pair(points: list[list[int]]) -> tuple[list[int], list[int]] | None:
    """The first two sizes in a row of which the larger one says something; else the last two."""
    pairs = list(pairwise(points))
    large_enough = [pair for pair in pairs if pair[1][0] >= SIZE_MIN]
    return next(iter(large_enough or pairs[-1:]), None)


def _is_predicted(group: HazardGroup, defect: Defect) -> bool:
    prediction = PREDICTIONS[group.first.kind]
    return defect.law in prediction.laws and prediction.may_show(set(defect.features))
