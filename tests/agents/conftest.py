import json
import sys
from dataclasses import dataclass

import pytest

from phases.conftest import quick  # noqa: F401 - a fixture
from phases.tiny import ENTRY
from production_testers.cli.app import call
from production_testers.experiments.environments import Environment
from production_testers.experiments.workloads import GIVE, identity_of
from production_testers.phases import findings as findings_phase
from production_testers.phases import mission

# Read by an interpreter when it starts: every stage is executed twice.
WRONG = """\
from production_testers.suts.reference import executor

right = executor.Execution._in_time

async def twice(self, stage, call):
    await right(self, stage, call)
    return await right(self, stage, call)

executor.Execution._in_time = twice
"""


@dataclass
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def scenario():
    """Two stages in a row, one run: breaks a law wherever the executor is wrong."""

    def make(**changes):
        stages = [
            {"name": "a", "function": GIVE},
            {"name": "b", "function": GIVE, "after": ["a"]},
        ]
        identity = identity_of(0, 0)
        return {
            "format": "ptest.scenario/1",
            "kind": "baseline",
            "pipeline": {"name": "two", "stages": stages},
            "requests": [
                {
                    "key": "r0",
                    "input": {},
                    "identity": [identity.tenant, identity.user, identity.request],
                }
            ],
            **changes,
        }

    return make


@pytest.fixture
def wrong_sut(tmp_path, monkeypatch):
    """The reference, but wrong: the control is right."""
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WRONG)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={folder} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    environment = Environment(python=python, site_packages=None, packages={})
    monkeypatch.setattr(mission, "prepare", lambda _sut: environment)
    monkeypatch.setattr(findings_phase, "install_clean", lambda *_arguments: python)


@pytest.fixture
def blind(monkeypatch):
    """The exploration itself finds nothing: what is found was proposed."""
    monkeypatch.setattr(findings_phase, "candidates_of", lambda _reports: {})


@pytest.fixture
def ptest(workspace, capsys, monkeypatch):
    """Runs a command in-process, from inside the workspace."""
    monkeypatch.chdir(workspace.root)

    def run(*arguments) -> Said:
        code = call([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run


@pytest.fixture
def agent(ptest, tmp_path):
    """Has a scripted agent work on a run of the reference; gives what `ptest agent` said."""

    def work(script, *more, new=("--sut", "reference")) -> Said:
        file = tmp_path / "agent.py"
        file.write_text(script)
        command = f"{sys.executable} {file}"
        return ptest("agent", ENTRY, "--command", command, "--json", *new, *more)

    return work
