"""How many of the examples' planted faults are found, and how silent the correct ones stay.

    python benchmarks/target/examples.py [bank] [refunds] [--seeds 20] [--faulty 3]

Copies each example into a fresh folder outside of the repository, explores the default plan of
`ptest run --target` once for each seed, and makes what broke a law small: so what is counted is
what would become a finding. Prints a section for docs/benchmarks.md.
"""

import argparse
import resource
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

import production_testers
from production_testers.evidence.pipeline import candidates_of, cost_defects, minimise
from production_testers.experiments.copying import copy_pipelines
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.exploration import WorkerPool, explore
from production_testers.experiments.lab import COST
from production_testers.experiments.recipes import TARGET
from production_testers.phases.target import look_at, read_target

EXAMPLES = Path(__file__).parents[2] / "examples"
SUTS = {"bank": "stageflow-core", "refunds": "reference"}
FAULTS = {
    "bank": {
        "1 one stage object for all": ("target/as-alone", "bank.pipeline.Velocity"),
        "2 no time-out": ("target/in-time", "bank.pipeline.Model"),
        "3 no answer is no risk": ("target/bad-answers", "bank.pipeline.Model"),
        "4 another key for every attempt": ("target/effects-once", "bank.pipeline.Settle"),
        "5 card in the log": ("target/secrets-kept", "bank.pipeline.Settle"),
        "6 card in an error": ("target/secrets-kept", "bank.pipeline.Validate"),
        "7 a failure is no limit": ("target/invariants", ""),
        "8 and is remembered": ("target/as-alone", "bank.pipeline.Customer"),
    },
    "refunds": {
        "1 kept for ever": ("target/keeps-nothing", ""),
        "2 another key for every attempt": ("target/effects-once", ""),
        "3 with the passport": ("target/secrets-kept", ""),
        "4 no time-out": ("target/in-time", ""),
        "5 cut": ("target/any-text", ""),
    },
}


def cpu_s():
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, both))


def found(source, sut, seed, scratch):
    """What one run finds: (law, way, component), and the CPU seconds that it took."""
    before = cpu_s()
    application = scratch / f"{source.parent.name}-{source.name}-{seed}"
    shutil.copytree(source, application)
    environment = prepare(sut)
    target = look_at(read_target(None, application), environment, sut.name).target
    folder = application / "run"
    templates = Path(production_testers.__file__).parent / "workspace" / "root" / "templates"
    copy_pipelines(templates, TARGET, folder / "pipelines", target)
    with WorkerPool(environment.python, sut.name, (folder,)) as workers:
        reports = explore(workers, TARGET.schedules, seed)
        costs = {
            shape: workers.call(COST, {"shape": shape, "sizes": list(sizes)})
            for shape, sizes in TARGET.cost_sizes.items()
        }
        defects = cost_defects(workers, costs)
        for candidates in candidates_of(reports).values():
            defects += minimise(workers, candidates, seed)[0]
    return {(d.law, d.outcome_class, d.component) for d in defects}, cpu_s() - before


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("examples", nargs="*", default=list(FAULTS), choices=list(FAULTS))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--faulty", type=int, default=3)
    given = parser.parse_args()
    for example in given.examples:
        with tempfile.TemporaryDirectory(prefix="ptest-example-") as name:
            told(example, given, Path(name))


def told(example, given, scratch):
    """Print what is found in one example."""
    seconds, rows = defaultdict(list), defaultdict(list)
    sut = Sut.parse(SUTS[example])
    print(f"\n| fault of `examples/{example}/faulty` | found on seeds |\n|---|---|")
    for seed in range(given.faulty):
        seen, took = found(EXAMPLES / example / "faulty", sut, seed, scratch)
        seconds["faulty"].append(took)
        for fault, (law, component) in FAULTS[example].items():
            rows[fault].append(any(s[0] == law and s[2].startswith(component) for s in seen))
    for fault, was in rows.items():
        print(f"| {fault} | {sum(was)} of {len(was)} |", flush=True)
    silent, frameworks = 0, set()
    for seed in range(given.seeds):
        seen, took = found(EXAMPLES / example / "correct", sut, seed, scratch)
        seconds["correct"].append(took)
        own = {one for one in seen if not one[2].startswith("stageflow")}
        silent += not own
        frameworks |= seen - own
        for one in sorted(own):
            print(f"correct, seed {seed}: {one}", flush=True)
    print(f"\nThe correct {example}: nothing of its own on {silent} of {given.seeds} seeds.")
    for one in sorted(frameworks):
        print(f"The framework's fault, on some seed: {one}")
    for version, took in seconds.items():
        middle = sorted(took)[len(took) // 2] if took else 0
        print(f"{version}: {middle:.0f} CPU seconds to explore, count and make small (median)")


if __name__ == "__main__":
    main()
