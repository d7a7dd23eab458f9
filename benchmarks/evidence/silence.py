"""Findings against executors that are right: there must be none, and the laws must have judged.

    .venv/bin/python benchmarks/evidence/silence.py [--runs 200]

A run is a seed over an entry's plan: one schedule in twenty of every kind, as the matrix's quick
tier, drawn by the entry's own pipelines. A broken law counts as a finding here, before any gate.
Writes its section of docs/benchmarks.md.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests")]

from page import write_section

from detection.correct import CORRECT
from detection.executors import Planted, PlantedAdapter
from production_testers.experiments import jobs
from production_testers.experiments.recipes import RECIPES
from production_testers.laws import LAWS
from production_testers.phases.matrix import MatrixPlan, lay_out
from production_testers.simulation import install
from production_testers.suts.contract import Adapter
from production_testers.suts.reference import ReferenceAdapter

REFERENCE = ReferenceAdapter()


def with_units(style: type[Any]) -> type[Any]:
    """An executor in another style; what is no pipeline is the reference's."""
    members = ("components_of", "stages_of", "unit")
    return type(style.__name__, (style,), {name: getattr(REFERENCE, name) for name in members})


EXECUTORS: dict[str, Any] = {
    "the reference": ReferenceAdapter,
    "the one that bugs are planted in": lambda: PlantedAdapter(Planted),
    **{style.__name__: with_units(style) for style in CORRECT},
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    install()
    started = time.process_time()
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        done = pool.map(run, range(runs), chunksize=1)
    exercised: Counter[str] = Counter()
    offered = {law for one in done for law in one["laws"]}
    rows = []
    for name in EXECUTORS:
        mine = [one for one in done if one["executor"] == name]
        judged = sum((one["exercised"] for one in mine), Counter())
        exercised += judged
        broken = [text for one in mine for text in one["broken"]]
        rows.append(
            (
                name,
                len(mine),
                f"{sum(one['schedules'] for one in mine):,}",
                f"{sum(judged[law] > 0 for law in judged)} of {len(mine[0]['laws'])}",
                f"{judged.total():,}",
                "; ".join(broken) or "none",
            )
        )
    write_section(
        "Findings: silence",
        f"python benchmarks/evidence/silence.py --runs {runs}",
        f"{runs} runs on {len(EXECUTORS)} executors that are right, each in another style, over"
        f" {len(RECIPES)} recipes: each has a seed of its own, one schedule in twenty of every"
        " kind."
        f" {sum(exercised[law] > 0 for law in exercised)} laws judged {exercised.total():,} things."
        f" Not exercised: {', '.join(sorted(set(offered) - set(+exercised))) or 'none'}."
        " A law that is broken once is a finding here, without any gate. Aim: none.",
        ("executor", "runs", "schedules", "laws exercised", "things judged", "findings"),
        rows,
    )
    print(f"{time.process_time() - started:.0f} CPU s in this process")


def run(number: int) -> dict[str, Any]:
    """One run, in a process of its own: folders have modules of the same names."""
    executor = list(EXECUTORS)[number % len(EXECUTORS)]
    entry = list(RECIPES)[(number + number // len(EXECUTORS)) % len(RECIPES)]
    adapter: Adapter = EXECUTORS[executor]()
    exercised: Counter[str] = Counter()
    broken: list[str] = []
    schedules = 0
    with tempfile.TemporaryDirectory() as name:
        sys.path.insert(0, str(lay_out(Path(name), entry)))
        for told in _explored(adapter, entry, number):
            schedules += told["schedules"]
            exercised.update(told["exercised"])
            broken += [f"{entry}: {law}, {way}, {count}" for law, way, count in told["broken"]]
    return {
        "executor": executor,
        "schedules": schedules,
        "exercised": +exercised,
        "laws": [
            law.id
            for law in LAWS.values()
            if adapter.describe().offers(law.capability) and not law.needs_costs
        ],
        "broken": broken,
    }


def _explored(adapter: Adapter, entry: str, seed: int) -> Iterator[dict[str, Any]]:
    plan = MatrixPlan(sut="reference", releases=()).schedules(RECIPES[entry])
    for kind, count in plan.items():
        arguments = {"kind": kind.value, "seed": seed, "start": 0, "count": count}
        yield jobs.explore(adapter, arguments, lambda _event: None)


if __name__ == "__main__":
    main()
