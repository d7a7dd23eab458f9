"""How quickly mock data are made, and that memory does not grow with their number.

    .venv/bin/python benchmarks/mocks/data.py [--memory-only | --speed-only | --simple-only]

Writes its sections of docs/benchmarks.md. CPU time of one process of its own for every figure;
files go to a temporary folder.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from page import write_section

from production_testers.mocks.datasets import SCENARIOS

ROUNDS = 5
SIZES = (100_000, 1_000_000, 10_000_000)
MEMORY = (("values", "jsonl"), ("values", "parquet"))
AIM = 100_000
SIMPLE = ("requests", "tenants", "values", "ticks", "vitals")
"""Records of at most fourteen members, without lists in lists: what the aim is about."""

ONE = """\
import json, resource, sys
from pathlib import Path
from time import process_time
from production_testers.mocks.datasets import DataFile
from production_testers.workspace.data_files import make_data_file
scenario, extensions, size, rounds, folder = sys.argv[1:]
def make(extension, size):
    file = DataFile(scenario=scenario, variant="volume", size=size, extension=extension)
    begin = process_time()
    made = make_data_file(Path(folder, file.name), file, seed=1)
    seconds = process_time() - begin
    Path(folder, file.name).unlink()
    return {"seconds": seconds, "bytes": made["size_bytes"],
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
for extension in extensions.split(","):
    make(extension, 1)
for _ in range(int(rounds)):
    for extension in extensions.split(","):
        print(json.dumps({"extension": extension, **make(extension, int(size))}), flush=True)
"""


def main() -> None:
    only = {argument.removesuffix("-only") for argument in sys.argv[1:]}
    if not only or "--simple" in only:
        speed("Mock data: simple schemas", SIMPLE, "--simple-only")
    if not only or "--speed" in only:
        speed("Mock data: records a second", SCENARIOS, "--speed-only")
    if not only or "--memory" in only:
        memory()


def speed(title: str, scenarios: Iterable[str], option: str) -> None:
    rows = []
    for scenario in scenarios:
        slow = (SCENARIOS[scenario].variants["volume"].in_run or 10_000) < 10_000
        size = 2_000 if slow else 20_000
        found = measured(scenario, "jsonl,parquet", size, ROUNDS)
        lines = [one for one in found if one["extension"] == "jsonl"]
        columns = [one for one in found if one["extension"] == "parquet"]
        rates = [size / one["seconds"] for one in lines]
        written = [size / one["seconds"] for one in columns]
        reached = [
            name
            for name, found in (("JSON lines", rates), ("Parquet", written))
            if max(found) >= AIM
        ]
        rows.append(
            (
                scenario,
                round(lines[0]["bytes"] / size),
                spread(rates),
                spread(written),
                round(columns[0]["bytes"] / size),
                ", ".join(reached) or "no",
            )
        )
    write_section(
        title,
        f"python benchmarks/mocks/data.py {option}",
        "Records a CPU second of one process, `volume` of every scenario: made, written to disk as"
        " a whole, summed by SHA-256; median (minimum to maximum) of five rounds in turn. Aim:"
        " 100,000 a second for simple schemas; the last column says where the quickest round"
        " reached it. Parquet is written beside the checksum of the same records as JSON lines."
        " Those that do not are records of many members, or of lists and objects in each other.",
        (
            "scenario",
            "bytes a line",
            "JSON lines",
            "Parquet",
            "bytes a row",
            "100,000 reached",
        ),
        rows,
    )


def memory() -> None:
    rows = []
    for scenario, extension in MEMORY:
        found = [measured(scenario, extension, size)[0] for size in SIZES]
        cells = [f"{one['mib']:.1f}" for one in found]
        rate = SIZES[-1] / found[-1]["seconds"]
        size = f"{found[-1]['bytes'] / 2**20:,.0f}"
        rows.append((f"{scenario}, {extension}", *cells, size, f"{rate:,.0f}"))
    write_section(
        "Mock data: memory",
        "python benchmarks/mocks/data.py --memory-only",
        "Peak resident memory of a process in MiB, by number of records. Aim: 10 million records"
        " take no more than 100,000.",
        (
            "what",
            "100k",
            "1m",
            "10m",
            "size of 10m, MiB",
            "records a CPU second at 10m",
        ),
        rows,
    )


def measured(scenario: str, extensions: str, size: int, rounds: int = 1) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        found = subprocess.run(
            [sys.executable, "-c", ONE, scenario, extensions, str(size), str(rounds), folder],
            capture_output=True,
            text=True,
            check=True,
        )
    result = [json.loads(line) for line in found.stdout.splitlines()]
    print(scenario, size, *result, flush=True)
    return result


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


if __name__ == "__main__":
    main()
