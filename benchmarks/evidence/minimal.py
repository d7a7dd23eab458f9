"""How small evidence gets, what that costs, and whether one defect has one fingerprint.

    .venv/bin/python benchmarks/evidence/minimal.py [--seeds 10] [--share 5]

On stageflow-core every candidate that a run of an entry would make small; on planted bugs what each
seed shows first. Writes its sections of docs/benchmarks.md.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests"), str(Path(__file__).parent)]

import minimal_jobs
from page import write_section

from detection import special
from detection.executors import PLANTED, PlantedAdapter, PlantedBug
from detection.workload import draw
from production_testers.evidence.pipeline import ALLOWANCE, TRIED_PER_CLASS, candidates_of
from production_testers.evidence.words import exhibit_in_words
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.exploration import WorkerPool, explore
from production_testers.experiments.judging import run_and_judge
from production_testers.experiments.recipes import RECIPES
from production_testers.laws import LAWS
from production_testers.model.scenario import Scenario
from production_testers.model.scenario_format import to_json
from production_testers.phases.matrix import lay_out
from production_testers.simulation import install

STAGES, RUNS, FAULTS, DIRECTIVES, CPU_S = 3, 2, 1, 2, 20.0
"""What is typical at most."""

ENTRIES = ("CORE-001", "CORE-010", "DAG-008", "DAG-009", "CONTRACT-003", "WORK-002", "HEALTH-001")
SLOW = ("large", "wide", "burst", "redaction")
DEEP = 900
HEADER = (
    "what", "made small", f"at most {STAGES} stages", f"{RUNS} runs", f"{FAULTS} fault",
    f"{DIRECTIVES} directives", "all four", "CPU s, median (most)", f"under {CPU_S:.0f} CPU s",
    "ways of breaking laws", "fingerprints",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """A scenario after it was made small.

    Attributes:
        stages: How many are left.
        runs: Likewise.
        faults: Likewise; a caller who gives up counts as one.
        directives: Stated latencies and holds.
        cpu_s: What that cost.
        way: Law and way of breaking it.
        fingerprint: Of what is left.
        words: What is left.
    """

    stages: int
    runs: int
    faults: int
    directives: int
    cpu_s: float
    way: str
    fingerprint: str
    words: str

    @classmethod
    def of(cls, way: str, answer: Mapping[str, Any]) -> "Small":
        """Of what the job of minimising answered."""
        scenario = answer["scenario"]
        cancelled = sum(one["cancel_after_ms"] is not None for one in scenario["requests"])
        timed = sum(name != "*" for name in scenario["latencies"]["fixed"])
        return cls(
            stages=len(scenario["pipeline"]["stages"]),
            runs=len(scenario["requests"]),
            faults=len(scenario["faults"]) + cancelled,
            directives=timed + len(scenario.get("holds", ())),
            cpu_s=answer["cpu_s"],
            way=way,
            fingerprint=answer["fingerprint"],
            words=" ".join(exhibit_in_words(answer)),
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--share", type=int, default=5)
    options = parser.parse_args()
    entries = {entry: on_stageflow(entry, options.share) for entry in ENTRIES}
    for entry, found in entries.items():
        tell_apart(entry, found)
    write_section(
        "Findings: how small evidence gets, stageflow-core 1.2.0",
        f"python benchmarks/evidence/minimal.py --seeds {options.seeds} --share {options.share}",
        f"One schedule in {options.share} of each entry's plan, seed 0; of each way of breaking a"
        f" law up to {TRIED_PER_CLASS} schedules, as a run makes them small. CPU time includes"
        " finding the component and trying repairs. A caller who gives up counts as a fault.",
        HEADER,
        [*(row(entry, found) for entry, found in entries.items()), total(entries.values())],
    )
    install()
    planted = {bug: on_planted(bug, options.seeds) for bug in bugs()}
    for bug, found in planted.items():
        tell_apart(bug.execution.__name__, found)
    once = sum(len({one.fingerprint for one in found}) == 1 for found in planted.values())
    write_section(
        "Findings: how small evidence gets, planted bugs",
        f"python benchmarks/evidence/minimal.py --seeds {options.seeds} --share {options.share}",
        f"{len(planted)} executors with one bug each, {options.seeds} seeds: the first schedule of"
        f" each seed that shows the bug. {once} of {len(planted)} bugs have one fingerprint over"
        " all seeds.",
        HEADER,
        [
            *(row(name, found) for name, found in by_law(planted).items()),
            total(planted.values()),
        ],
    )


def on_stageflow(entry: str, share: int) -> list[Small]:
    """What a run of an entry makes small."""
    environment = prepare(Sut.parse("stageflow-core==1.2.0"))
    with tempfile.TemporaryDirectory() as name:
        folder = lay_out(Path(name), entry)
        paths = (folder, Path(__file__).parent)
        with WorkerPool(environment.python, "stageflow-core", paths) as workers:
            plan = {k: max(1, count // share) for k, count in RECIPES[entry].schedules.items()}
            groups = candidates_of(explore(workers, plan, 0))
            return [
                Small.of(f"{law}, {way}", answer)
                for (law, way), candidates in groups.items()
                for candidate in candidates[:TRIED_PER_CLASS]
                if (answer := workers.call("minimal_jobs:minimise", question(law, way, candidate)))[
                    "reproduced"
                ]
            ]


def question(law: str, way: str, candidate: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "scenario": candidate["scenario"],
        "law": law,
        "outcome_class": way,
        "allowance": ALLOWANCE,
    }


def bugs() -> list[PlantedBug]:
    return [
        bug
        for bug in PLANTED
        if not LAWS[bug.law].needs_costs and bug.workload not in SLOW and bug.law != "scale/depth"
    ]


def on_planted(bug: PlantedBug, seeds: int) -> list[Small]:
    """What each seed makes of a planted bug."""
    adapter = PlantedAdapter(bug.execution)
    found = []
    for seed in range(seeds):
        scenario = first(adapter, bug, seed)
        if scenario is not None:
            asked = question(bug.law, bug.outcome_class, {"scenario": to_json(scenario)})
            answer = minimal_jobs.minimise(adapter, asked, lambda _event: None)
            found.append(Small.of(bug.execution.__name__, answer))
    return found


def first(adapter: PlantedAdapter, bug: PlantedBug, seed: int) -> Scenario | None:
    sut = adapter.describe()
    for index in range(bug.within):
        drawn = special.draw(bug.workload, seed, index) if bug.workload else draw(seed, index)
        if len(drawn.pipeline.stages) < DEEP:
            verdict = run_and_judge(adapter, sut, drawn).verdicts[bug.law]
            if verdict.way(bug.outcome_class) is not None:
                return drawn
    return None


def by_law(planted: Mapping[PlantedBug, Sequence[Small]]) -> dict[str, list[Small]]:
    found: dict[str, list[Small]] = defaultdict(list)
    for bug, small in planted.items():
        found[bug.law.partition("/")[0]] += small
    return found


def total(parts: Iterable[Sequence[Small]]) -> Sequence[object]:
    return row("all", [one for part in parts for one in part])


def row(name: str, found: Sequence[Small]) -> Sequence[object]:
    def share(kept: Sequence[bool]) -> str:
        return f"{100 * sum(kept) / max(1, len(kept)):.0f}%"

    kept = [
        [one.stages <= STAGES for one in found],
        [one.runs <= RUNS for one in found],
        [one.faults <= FAULTS for one in found],
        [one.directives <= DIRECTIVES for one in found],
    ]
    cpu = [one.cpu_s for one in found] or [0.0]
    return (
        name,
        len(found),
        *(share(column) for column in kept),
        share([all(one) for one in zip(*kept, strict=True)]),
        f"{statistics.median(cpu):.2f} ({max(cpu):.2f})",
        share([one < CPU_S for one in cpu]),
        len({one.way for one in found}),
        len({one.fingerprint for one in found}),
    )


def tell_apart(name: str, found: Sequence[Small]) -> None:
    """Show what has several fingerprints; whether that is right is for people to say."""
    for way in sorted({one.way for one in found}):
        distinct = {one.fingerprint: one.words for one in found if one.way == way}
        if len(distinct) > 1:
            print(f"{name}: {way}")
            for fingerprint, words in distinct.items():
                print(f"  {fingerprint}: {words}")


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"{time.monotonic() - started:.0f} s")
