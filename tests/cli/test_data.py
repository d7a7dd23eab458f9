"""`ptest data`: lists, checks, progress, and what it says of wrong input."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from pyarrow import parquet

from production_testers.cli.commands import data as command
from production_testers.mocks.datasets import SCENARIOS, generate


def test_without_a_scenario_it_lists_them(ptest, workspace):
    said = ptest("data")
    assert said.code == 0
    lines = said.out.splitlines()
    assert len(lines) == 1 + len(SCENARIOS)
    assert all(line.split()[0] == name for line, name in zip(lines[1:], SCENARIOS, strict=True))
    listed = ptest("data", "--json").json["scenarios"]
    assert [one["scenario"] for one in listed] == list(SCENARIOS)
    assert listed[0]["variants"]["valid"]["class"] == "happy_path"


def test_the_variants_of_one_are_listed(ptest):
    said = ptest("data", "orders", "--list")
    assert said.code == 0
    for name in SCENARIOS["orders"].variants:
        assert name in said.out
    assert set(ptest("data", "orders", "--list", "--json").json["variants"]) == set(
        SCENARIOS["orders"].variants
    )


def test_parquet_is_written(ptest, tmp_path):
    made = ptest(
        "data", "ticks", "--size", "50", "--format", "parquet", "--out", tmp_path, "--json"
    ).json
    assert parquet.read_table(made["path"]).num_rows == 50
    assert made["writer"].startswith("pyarrow ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ordrs",), ["'ordrs'", "Did you mean orders?"]),
        (("orders", "--variant", "vald"), ["'vald'", "Did you mean valid?", "abuse"]),
        (("orders", "--format", "csv"), ["'csv'", "json or jsonl or parquet"]),
        (("orders", "--size", "ten"), ["'ten'", "10k"]),
        (("orders", "--seed", "1.5"), ["'1.5'", "whole number"]),
        (("--size", "5"), ["No scenario is named", "ptest data"]),
        (
            ("orders", "--variant", "malformed", "--format", "parquet"),
            ["several types", "json or jsonl"],
        ),
    ],
)
def test_wrong_input_is_met_with_one_line_and_writes_nothing(ptest, tmp_path, arguments, words):
    said = ptest("data", *arguments, "--out", tmp_path / "new")
    assert said.code == 64
    assert all(word in said.line for word in words)
    assert not (tmp_path / "new").exists()


def test_a_check_of_sound_records_finds_nothing(ptest, tmp_path):
    said = ptest("data", "meters", "--size", "500", "--check", "--out", tmp_path / "new")
    assert said.code == 0
    assert said.out.startswith("500 records, 7 rules, 0 inconsistencies")
    assert not (tmp_path / "new").exists()


def test_a_check_tells_what_is_inconsistent(ptest, monkeypatch):
    def drifted(*arguments):
        records = list(generate(*arguments))
        records[2]["consumption_wh"] += 5
        return records

    monkeypatch.setattr(command, "generate", drifted)
    said = ptest("data", "meters", "--size", "20", "--check")
    assert said.code == 1
    assert "record 3: balance: " in said.out
    found = ptest("data", "meters", "--size", "20", "--check", "--json")
    assert found.code == 1
    assert [one["record"] for one in found.json["inconsistencies"]] == [3]


def test_progress_is_told_on_standard_error_every_other_second(ptest, monkeypatch, tmp_path):
    seconds = iter(range(100))
    monkeypatch.setattr(command, "stopwatch", lambda: lambda: float(next(seconds)))
    said = ptest("data", "values", "--size", "3000", "--out", tmp_path, "--json")
    assert said.json["records"] == 3_000
    told = [line for line in said.err.splitlines() if " of 3,000 records" in line]
    assert told[1].startswith("2,560 of 3,000 records, ")
    assert told[0].startswith("1,536 of 3,000 records, 768 a second, 2 s left")


# Who was started in the background ignores SIGINT, and so do its children unless they say so.
INTERRUPTIBLE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from production_testers.cli.app import main; main()"
)


@pytest.mark.slow
def test_an_interrupted_command_leaves_nothing(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "data", "values", "--variant", "volume",
         "--size", "100m", "--format", "jsonl", "--out", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not any(path.stat().st_size for path in tmp_path.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 75
    assert err.splitlines()[-1] == "Interrupted."
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_is_json_of_today(ptest, tmp_path):
    made = ptest("data", "values", "--size", "1", "--out", tmp_path, "--json").json
    beside = json.loads((tmp_path / "values_valid_1.json.manifest.json").read_text())
    assert {**beside, "path": made["path"]} == made
