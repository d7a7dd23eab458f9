"""`python pipelines/KIND.py` in a run folder: figures on screen and in results/, an exit code."""

import json
import os
import subprocess
import sys

import pytest

from production_testers.experiments.five import playing
from production_testers.model.errors import SutUnavailableError

pytestmark = pytest.mark.slow

CHAOS = """
from production_testers.testing import Chaos, at_stage, play

from pipelines import baseline

EXPERIMENT = Chaos(runs=9, faults=(at_stage("stage-raises", "{stage}"),))

if __name__ == "__main__":
    raise SystemExit(play(__file__))
"""
BASELINE = """
from production_testers.testing import chain, requests


def pipeline():
    return chain(2)


def some_requests(random, count):
    return requests(random, count)
"""


@pytest.fixture
def folder(tmp_path):
    """A run folder with as little in it as a pipeline needs."""
    run = tmp_path / "run-2026-01-14-001"
    (run / "pipelines").mkdir(parents=True)
    (run / "config").mkdir()
    (run / "pipelines" / "__init__.py").write_text("")
    (run / "pipelines" / "baseline.py").write_text(BASELINE)
    (run / "pipelines" / "chaos.py").write_text(CHAOS.format(stage="s0"))
    config = {
        "sut": {"name": "reference", "version": None, "source": None},
        "test_parameters": {"seed": 4, "schedules": {"chaos": 1}},
    }
    (run / "config" / "run_config.json").write_text(json.dumps(config))
    return run


def started(folder, *arguments, file="chaos", cwd=None):
    environment = {k: v for k, v in os.environ.items() if k != playing.PYTHON_VARIABLE}
    return subprocess.run(
        [sys.executable, str(folder / "pipelines" / f"{file}.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd or folder.parent,
        env=environment,
        timeout=240,
    )


def test_a_file_that_is_started_shows_and_keeps_its_figures(folder):
    done = started(folder, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["kind"], document["held"], document["seed"]) == ("chaos", "held", 4)
    assert document["sut"] == {"name": "reference", "version": None}
    kept = json.loads((folder / "results" / "metrics" / "chaos.json").read_text())
    assert kept == document
    words = playing.told(document)
    assert words.startswith("chaos on reference: held (seed 4)")
    assert "before" in words


def test_a_verdict_is_the_exit_code(folder):
    (folder / "pipelines" / "chaos.py").write_text(CHAOS.format(stage="nobody"))
    done = started(folder)
    assert done.returncode == 2
    assert "None of the 1 planned faults happened." in done.stdout


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: (f / "config" / "run_config.json").write_text("{"), "run_config.json cannot be"),
        (
            lambda f: (f / "pipelines" / "baseline.py").write_text("1/0"),
            "pipelines/baseline.py cannot be used: ZeroDivisionError",
        ),
        (
            lambda f: (f / "pipelines" / "chaos.py").write_text(
                CHAOS.format(stage="s0") + "\nEXPERIMENT = 3\n"
            ),
            "EXPERIMENT is a int. Make it a Chaos(",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line(folder, damage, words, capsys):
    damage(folder)
    assert playing.play(str(folder / "pipelines" / "chaos.py"), []) == 64
    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_an_unknown_option_is_told(folder, capsys):
    assert playing.play(str(folder / "pipelines" / "chaos.py"), ["--jsn"]) == 64
    assert capsys.readouterr().err == "'--jsn': unknown. The only option is --json.\n"


def test_whoever_lacks_the_framework_is_told_how_to_get_it(folder, monkeypatch, capsys):
    def unavailable(*_arguments):
        raise SutUnavailableError("stageflow-core cannot be imported.", do="Check --sut.")

    monkeypatch.setattr(playing, "played", unavailable)
    assert playing.play(str(folder / "pipelines" / "chaos.py"), []) == 77
    told = capsys.readouterr().err
    assert told.startswith("stageflow-core cannot be imported. `pip install -r requirements.txt`")
    assert "--sut" not in told  # which is no option of this file
    assert told.count("\n") == 1
