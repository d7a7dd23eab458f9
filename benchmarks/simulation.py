"""CPU time of a simulated schedule against the same execution on a reused stock event loop.

    .venv/bin/python benchmarks/simulation.py

Writes its section of docs/benchmarks.md. Ratios are taken within one worker, five times.
"""

import statistics
from pathlib import Path

from page import write_section

from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.worker import Worker

SHAPES = {"5-stage chain": 200, "fan-out of 10": 100, "20 runs of one 5-stage graph": 20}
ROUNDS = 5


def main() -> None:
    sut = Sut.parse("stageflow-core==1.2.0")
    rows = []
    with Worker(prepare(sut).python, sut.name, (Path(__file__).parent,)) as worker:
        for shape, count in SHAPES.items():
            arguments = {"shape": shape, "count": count}
            found = [worker.call("simulation_jobs:measure", arguments) for _ in range(ROUNDS)]
            rows.append((shape, *(_spread([f[name] for f in found]) for name in found[0])))
            ratios = [f["simulated"] / f["stock"] for f in found]
            rows[-1] = (
                *rows[-1],
                f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
            )
    write_section(
        "Simulation",
        "python benchmarks/simulation.py",
        "CPU µs per schedule of stageflow-core 1.2.0, median (minimum to maximum) of five rounds."
        " *Simulated* includes the evaluation of what the reference allows; *judged* also every"
        " law; *stock* is the same instrumented execution on a reused stock loop, its work taking"
        " no time. Aim of a later version: a ratio of at most 1.2. Not reached: evaluation by the"
        " reference, digests of every value and a new loop per schedule hold it back.",
        ("shape", "simulated", "judged", "stock", "simulated / stock"),
        rows,
    )


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


if __name__ == "__main__":
    main()
