"""What is wrong with us or with the user never becomes a finding against the system under test."""

import sys
from pathlib import Path

import pytest

from production_testers.evidence.pipeline import Gates
from production_testers.experiments.worker import Worker
from production_testers.experiments.workloads import chain, identity_of
from production_testers.model.scenario import Kind, Latencies, RunRequest, Scenario
from production_testers.model.scenario_format import to_json

REPLAY = "production_testers.experiments.jobs:replay"
PYTHON = Path(sys.executable)

MOCK = """\
from production_testers.mocks.services.contract import Service

class Odd:
    stateless = True  # a lie: it remembers who asked first

    def __init__(self):
        self.calls = 0

    def handle(self, operation, payload, random):
        self.calls += 1
        if self.calls > 1:
            raise RuntimeError("the mock is broken")
        return {"answer": 1}

def service(seed):
    return Odd()

async def stage(port):
    await port.work(1)
    return {"answer": await port.call("odd", "ask")}
"""
LAW = """\
from dataclasses import replace
from production_testers.experiments.stages import give
from production_testers.laws import LAWS
from production_testers.model.verdict import State, Verdict

def wrong(observation):
    return Verdict(state=State.BROKEN, outcome_class="stage-ran-twice", summary="!", exercised=1)

LAWS["dag/runs-once"] = replace(LAWS["dag/runs-once"], check=wrong)
stage = give
"""
STAGE = """\
calls = []

async def stage(port):
    calls.append(port.stage)
    await port.work(1)
    if len(calls) > 1:
        raise KeyError("the user's own state")
    return {"n": len(calls)}
"""


@pytest.fixture
def planted(tmp_path):
    """A run folder with one module, and a scenario of two stages that use it."""

    def make(source):
        (tmp_path / "pipelines").mkdir(exist_ok=True)
        (tmp_path / "pipelines" / "planted.py").write_text(source)
        scenario = Scenario(
            kind=Kind.CHAOS,
            pipeline=chain(2, function="pipelines.planted:stage"),
            requests=tuple(
                RunRequest(key=f"r{n}", input={}, identity=identity_of(0, n)) for n in range(2)
            ),
            latencies=Latencies(fixed={"*": 1.0}),
            services={"odd": "pipelines.planted:service"} if "service" in source else {},
        )
        return tmp_path, to_json(scenario)

    return make


@pytest.mark.slow
@pytest.mark.parametrize("source", [MOCK, LAW, STAGE], ids=["mock", "law", "stage"])
def test_a_bug_of_ours_or_of_the_user_passes_no_gate(planted, defect, source):
    folder, scenario = planted(source)
    with Worker(PYTHON, "reference", (folder,)) as worker:
        verdicts = worker.call(REPLAY, {"scenario": scenario})["verdicts"]
    broken = [
        defect(
            law=law,
            outcome_class=verdict["outcome_class"],
            verdict=verdict,
            exhibit={"scenario": scenario},
        )
        for law, verdict in verdicts.items()
        if verdict["state"] == "broken"
    ]
    assert broken or source == STAGE  # which no law takes for a break of the executor
    gates = Gates(PYTHON, PYTHON, "reference", folder)
    for shown in gates.pass_through(broken):
        assert shown.defect.failed_gate is not None
        assert shown.defect.failed_gate.state in ("reproduced", "attributed")
