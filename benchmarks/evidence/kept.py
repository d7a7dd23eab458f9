"""A workspace's findings on another machine state, and what verifying and ranging them costs.

    .venv/bin/python benchmarks/evidence/kept.py WORKSPACE [--bisect 3]

The repository is cloned and set up anew, the workspace copied, the cache of environments empty, and
the hash seed another one: every finding of every run is replayed there. Then every finding is
verified, and some are ranged over all releases, where caches are warm. Writes its sections of
docs/benchmarks.md.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "benchmarks")]

from page import write_section

HASH_SEED = "20261125"
VERIFY_S, RANGE_S = 5.0, 60.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--bisect", type=int, default=3)
    options = parser.parse_args()
    findings = listed(options.workspace)
    second_machine(options.workspace, findings)
    costs(options.workspace, findings, options.bisect)


def listed(workspace: Path) -> list[Mapping[str, Any]]:
    """The findings of every run, duplicates too: each has evidence of its own."""
    files = sorted(workspace.glob("runs/*/run-*/findings.json"))
    return [one for file in files for one in json.loads(file.read_text())["findings"]]


def second_machine(workspace: Path, findings: list[Mapping[str, Any]]) -> None:
    with tempfile.TemporaryDirectory(prefix="ptest-second-") as name:
        clone, copy = Path(name) / "clone", Path(name) / "copy"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        subprocess.run(["make", "setup"], cwd=clone, check=True, capture_output=True)
        shutil.copytree(workspace, copy)
        environment = {
            **os.environ,
            "PYTHONHASHSEED": HASH_SEED,
            "PTEST_CACHE": str(Path(name) / "cache"),
        }
        command = [str(clone / ".venv" / "bin" / "ptest"), "replay"]
        codes = {
            one["id"]: subprocess.run(
                [*command, one["id"], "--workspace", str(copy)],
                env=environment,
                capture_output=True,
                check=False,
            ).returncode
            for one in findings
        }
    shown = sum(code == 1 for code in codes.values())
    others = ", ".join(f"{one}: {code}" for one, code in codes.items() if code != 1)
    write_section(
        "Findings: another machine state",
        "python benchmarks/evidence/kept.py WORKSPACE",
        "The repository cloned and `make setup` run in the clone, the workspace copied, no"
        f" environment in the cache, PYTHONHASHSEED={HASH_SEED}: `ptest replay ID` of every finding"
        " of every run ends with 1 where it shows again. Aim: 100 %.",
        ("runs", "findings", "replayed", "share", "others"),
        [
            (
                len(list(workspace.glob("runs/*/run-*/findings.json"))),
                len(findings),
                shown,
                f"{100 * shown / max(1, len(findings)):.0f}%",
                others or "none",
            )
        ],
    )


def costs(workspace: Path, findings: list[Mapping[str, Any]], bisect: int) -> None:
    own = [one for one in findings if one["status"] != "duplicate"]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="ptest-costs-") as name:
        copy = Path(name) / "copy"
        shutil.copytree(workspace, copy)
        timed("verify", own[0]["id"], copy)  # bytecode and caches, as after a first use
        verified = [timed("verify", one["id"], copy) for one in own]
        ranged = [timed("bisect", one["id"], copy) for one in own[:bisect]]
    write_section(
        "Findings: verifying and ranging",
        "python benchmarks/evidence/kept.py WORKSPACE",
        f"One command a finding, caches warm, bytecode kept. Load of the machine when it began:"
        f" {load:.1f} on {os.cpu_count()} cores. CPU time counts all processes of the command."
        " What takes longest is counted work: ten times the executed lines of pipelines of hundreds"
        " of stages.",
        (
            "command",
            "findings",
            "wall s, median (most)",
            "CPU s, median (most)",
            "aim",
            "within the aim",
            "exit codes",
        ),
        [
            (
                f"`ptest {verb} ID`",
                len(done),
                *spread(done),
                f"under {aim:.0f} s",
                sum(wall < aim for wall, _, _ in done),
                codes_of(done),
            )
            for verb, aim, done in (
                ("verify", VERIFY_S, verified),
                ("bisect", RANGE_S, ranged),
            )
        ],
    )


Timed = tuple[float, float, int]
"""Wall and CPU seconds, and how it ended."""


def timed(verb: str, finding: str, workspace: Path) -> Timed:
    command = [sys.executable, "-m", "production_testers", verb, finding]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before, started = _cpu(), time.monotonic()
    done = subprocess.run(
        [*command, "--workspace", str(workspace)],
        env=environment,
        capture_output=True,
        check=False,
    )
    return time.monotonic() - started, _cpu() - before, done.returncode


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def spread(done: list[Timed]) -> list[str]:
    return [
        f"{statistics.median(column):.1f} ({max(column):.1f})"
        for column in ([one[0] for one in done], [one[1] for one in done])
    ]


def codes_of(done: list[Timed]) -> str:
    codes = [one[2] for one in done]
    return ", ".join(
        f"{codes.count(code)} of {len(codes)} end with {code}" for code in sorted(set(codes))
    )


if __name__ == "__main__":
    main()
