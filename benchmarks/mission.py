"""Wall time of whole runs, by entry, with a warm cache of environments.

    .venv/bin/python benchmarks/mission.py

Writes its section of docs/benchmarks.md.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from page import write_section

ENTRIES = (
    "CORE-001",
    "CORE-010",
    "DAG-006",
    "DAG-008",
    "DAG-009",
    "GUARD-001",
    "CORE-002",
    "DAG-005",
    "DAG-010",
    "FIN-001",
    "GUARD-003",
    "WORK-002",
)


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        workspace = str(Path(name) / "lab")
        ptest = [sys.executable, "-m", "production_testers"]
        subprocess.run([*ptest, "init", workspace], check=True, capture_output=True)
        for entry in ENTRIES:
            command = [*ptest, "run", entry, "--workspace", workspace, "--json"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            run = json.loads(done.stdout)
            explored = run["exploration"]
            rows.append(
                (
                    entry,
                    f"{run['duration_s']:.0f}",
                    explored["schedules"],
                    f"{explored['steps']:,}",
                    len(explored["laws_exercised"]),
                    len(run["findings"]),
                    run["exit_code"],
                )
            )
    write_section(
        "Whole runs",
        "python benchmarks/mission.py",
        "`ptest run ENTRY` on stageflow-core 1.2.0, seed 0, one after the other in one workspace"
        " (findings that an earlier entry has are duplicates and do not count for the exit code)."
        " One round: wall time on a shared machine.",
        ("entry", "seconds", "schedules", "steps", "laws exercised", "findings", "exit code"),
        rows,
    )


if __name__ == "__main__":
    main()
