"""What share of the faults planted in stageflow-core 1.2.0 is found: `known` and `blind` mutants.

    python benchmarks/detection/mutants.py [--set known|blind] [--share N] [--only WORDS]

A mutant is found when, over the plan of its entry (one schedule in N), a law is broken in a way in
which the same schedules do not break it on the release as it is, or breaks at least three times as
often and in ten schedules more. Prints one line a mutant and the shares by difficulty.
"""

import argparse
import importlib
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.exploration import WorkerPool
from production_testers.experiments.folders import IN_FOLDER, in_folder
from production_testers.experiments.recipes import recipe_for
from production_testers.phases.matrix import lay_out

EXPLORE = "detection.mutants.mutating:explore"
COST = "detection.mutants.mutating:cost"
OFTEN, MORE = 3, 10
SIZES = [64, 128, 256]


def ways(pool, folder, recipe, share, change):
    """(law, way) → how many schedules of the plan broke it so."""
    found = Counter()
    for kind, count in recipe_for(recipe).schedules.items():
        wanted = max(1, count // share)
        arguments = {"kind": kind.value, "seed": 0, "start": 0, "count": wanted, **change}
        told = pool.call(IN_FOLDER, in_folder(str(folder), EXPLORE, arguments))
        for law, way, times in told["broken"]:
            found[law, way] += times
    if recipe.startswith(("CORE", "DAG")):
        arguments = {"shape": "chain", "sizes": SIZES, **change}
        told = pool.call(IN_FOLDER, in_folder(str(folder), COST, arguments))
        for law, verdict in told["verdicts"].items():
            if verdict["state"] == "broken":
                found[law, verdict["outcome_class"]] += 1
    return found


def new_ways(seen, known):
    """What only the mutant breaks, or breaks far more often."""
    return [
        f"{law} {way}"
        for (law, way), times in sorted(seen.items())
        if not known[law, way] or times >= max(OFTEN * known[law, way], known[law, way] + MORE)
    ]


def main():
    """Score the sets that were asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", dest="sets", action="append", choices=["known", "blind"])
    parser.add_argument("--share", type=int, default=2)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    python = prepare(Sut(name="stageflow-core", version="1.2.0")).python
    with (
        tempfile.TemporaryDirectory() as name,
        WorkerPool(python, "stageflow-core", (ROOT / "tests",)) as pool,
        ThreadPoolExecutor(2) as threads,
    ):
        folders, plain = {}, {}
        for set_name in options.sets or ["known", "blind"]:
            mutants = importlib.import_module(f"detection.mutants.{set_name}").MUTANTS
            chosen = [one for one in mutants if options.only in one.name]
            for recipe in sorted({one.recipe for one in chosen} - set(folders)):
                folders[recipe] = lay_out(Path(name), recipe)
                plain[recipe] = ways(pool, folders[recipe], recipe, options.share, {})

            def score(one):
                change = {"place": one.place, "old": one.old, "new": one.new}
                folder = folders[one.recipe]
                try:
                    seen = ways(pool, folder, one.recipe, options.share, change)
                except Exception as error:  # noqa: BLE001 - a mutant may break anything
                    return one, [], f"{type(error).__name__}: {error}"[:300]
                return one, new_ways(seen, plain[one.recipe]), ""

            found, total = Counter(), Counter()
            for one, told, wrong in threads.map(score, chosen):
                total[one.difficulty] += 1
                found[one.difficulty] += bool(told)
                state = "error" if wrong else "found" if told else "MISSED"
                print(f"{state:7}{one.difficulty:13}{one.recipe:14}{one.name}: ", end="")
                print(wrong or "; ".join(told[:3]), flush=True)
            for difficulty in total:
                print(f"{set_name}, {difficulty}: {found[difficulty]} of {total[difficulty]}")
            print(f"{set_name}: {found.total()} of {total.total()}", flush=True)


if __name__ == "__main__":
    main()
