"""A whole run of a faulty application: its findings, their evidence, and the tests to keep."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "refunds"


@pytest.mark.slow
def test_a_faulty_function_is_found_out_and_its_tests_pass_once_it_is_mended(
    ptest, workspace, tmp_path, monkeypatch
):
    folder = tmp_path / "refunds"
    shutil.copytree(EXAMPLES / "faulty", folder)
    monkeypatch.chdir(folder)
    said = ptest(
        *("run", "CORE-001", "--sut", "reference", "--target", ".", "--kinds", "chaos,adversarial"),
        *("--workspace", workspace.root, "--json"),
    )
    told = said.json
    assert said.code == 1, said.err
    broken = {finding["law"] for finding in told["findings"]}
    assert broken >= {
        "target/any-text",
        "target/effects-once",
        "target/in-time",
        "target/keeps-nothing",
        "target/secrets-kept",
    }
    assert {finding["component"] for finding in told["findings"]} == {"refunds.refund"}

    run = Path(told["run_dir"])
    (folder / "tests").mkdir()
    tests = sorted((run / "results" / "evidence").glob("*/test_*.py"))
    assert len(tests) >= 4
    for path in tests:
        shutil.copy(path, folder / "tests")
    text = "".join(p.read_text() for p in (run / "results").rglob("*") if p.suffix in _READ)
    assert "passport" in text
    passports = [f"P{n}X{n * 7919:07}" for n in range(9)]
    assert [secret for secret in passports if secret in text] == []
    evidence = [
        json.loads(path.read_text())
        for path in (run / "results" / "evidence").glob("*/evidence.json")
    ]
    leaks = [one for one in evidence if one["law"] == "target/secrets-kept"]
    assert any(one["redacted"].get("secret passport") for one in leaks)

    assert _pytest(folder).returncode == 1
    shutil.copy(EXAMPLES / "correct" / "refunds.py", folder)
    mended = _pytest(folder)
    assert mended.returncode == 0, mended.stdout


_READ = (".json", ".jsonl", ".md", ".xml", ".py")


def _pytest(folder):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return subprocess.run(
        [*command, "tests"], cwd=folder, capture_output=True, text=True, check=False
    )
