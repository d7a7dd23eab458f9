from pathlib import Path

import pytest

from production_testers.evidence.defect import Defect, Step
from production_testers.experiments.workloads import GIVE, chain, identity_of
from production_testers.model.scenario import Kind, Latencies, RunRequest, Scenario
from production_testers.model.scenario_format import to_json

# Stage functions live in the worker, so this one can make its executor wrong: every stage that
# starts after the first has begun is executed twice.
WRONG = """\
from production_testers.experiments.stages import give
from production_testers.suts.reference import executor

right = executor.Execution._in_time

async def twice(self, stage, call):
    await right(self, stage, call)
    return await right(self, stage, call)

if PLANTED:
    executor.Execution._in_time = twice
"""


@pytest.fixture
def exhibit():
    """A chain of two stages and one run."""

    def make(function=GIVE, stages=2):
        scenario = Scenario(
            kind=Kind.BASELINE,
            pipeline=chain(stages, function=function),
            requests=(RunRequest(key="r0", input={}, identity=identity_of(0, 0)),),
            latencies=Latencies(fixed={"*": 1.0}),
        )
        return {"scenario": to_json(scenario)}

    return make


@pytest.fixture
def defect(exhibit):
    """A defect as it comes from minimising; whatever a test does not care about is filled in."""

    def make(**fields) -> Defect:
        return Defect(
            **{
                "law": "dag/runs-once",
                "outcome_class": "stage-ran-twice",
                "component": "some.component",
                "features": ("dependency",),
                "fingerprint": "0123456789abcdef",
                "verdict": {"state": "broken", "summary": "s1 ran twice"},
                "exhibit": exhibit(),
                "digest": "",
                "sut": {"name": "reference", "version": None},
                "kinds": {"baseline": 2},
                "origin": {"seed": 0, "kind": "baseline", "index": 0},
                "executions": 7,
                "steps": (Step(state="proposed", passed=True, detail="schedule 0"),),
                **fields,
            }
        )

    return make


@pytest.fixture
def wrong_folder(tmp_path) -> Path:
    """A run folder whose stage makes the executor wrong, wherever it is executed."""
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "wrong.py").write_text(WRONG.replace("PLANTED", "True"))
    return tmp_path


@pytest.fixture
def other_python(tmp_path) -> Path:
    """This interpreter under another name: the system under test's, not the control's."""
    import sys  # noqa: PLC0415

    link = tmp_path / "bin" / "python-of-the-sut"
    link.parent.mkdir()
    link.symlink_to(Path(sys.executable).resolve())
    return link


@pytest.fixture
def wrong_sut(tmp_path, wrong_folder) -> Path:
    """The same folder, but only the interpreter of `other_python` is wrong."""
    planted = WRONG.replace("PLANTED", 'sys.executable.endswith("python-of-the-sut")')
    (wrong_folder / "pipelines" / "wrong.py").write_text("import sys\n\n" + planted)
    return wrong_folder
