import json
from dataclasses import dataclass

import pytest

from production_testers.cli.app import call
from production_testers.experiments.workloads import chain, identity_of
from production_testers.model.scenario import Kind, Latencies, RunRequest, Scenario
from production_testers.model.scenario_format import to_json
from production_testers.workspace.documents import EnvironmentDocument, Finding, RunConfig
from production_testers.workspace.run_folder import RunFolder

RUN = "CORE-001/run-2026-01-14-001"
STARTED = "2026-01-14T09:00:00Z"


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """Standard error, which must be one line."""
        assert self.err.startswith("ptest: ")
        assert self.err.count("\n") == 1
        return self.err


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
def draft(workspace):
    """Makes a run folder as it is in its first second, with findings where some are given."""

    def make(address=RUN, findings=()) -> RunFolder:
        entry_id, run_id = address.split("/")
        run = RunFolder(workspace.runs_folder / entry_id / run_id)
        run.draft(
            config=RunConfig(
                roadmap_entry_id=entry_id,
                roadmap_entry_title="Any",
                priority="P0",
                risk_class="Catastrophic",
                run_id=run_id,
                started_at=STARTED,
            ),
            environment=EnvironmentDocument(
                python_version="3.11.7", os="Linux", cpu="any", memory_gb=8, dependencies={}
            ),
        )
        if findings:
            document = run.read_findings().with_findings(findings)
            run.write_findings(document)
            readme = run.readme.read_text()
            count = f"{len(findings)} findings logged"
            run.readme.write_text(readme.replace("0 findings logged", count))
        return run

    return make


@pytest.fixture
def finding():
    def make(finding_id="CORE-001-BUG-001", **fields) -> Finding:
        return Finding(
            **{
                "id": finding_id,
                "type": "bug",
                "severity": "high",
                "title": "Outputs are lost",
                "description": "Expected both outputs, got one.",
                "status": "confirmed",
                "created_at": STARTED,
                "evidence": {"states": [{"state": "verified", "detail": "3 of 3"}]},
                **fields,
            }
        )

    return make


@pytest.fixture
def evidence():
    """Evidence by hand, as if the reference had once broken a law over a chain of two stages."""

    def make(law="dag/dependencies-first", outcome_class=None, *, function=None, **changes):
        from production_testers.laws import LAWS  # noqa: PLC0415 - keeps the parameters near

        more = {} if function is None else {"function": function}
        scenario = Scenario(
            kind=Kind.BASELINE,
            pipeline=chain(2, **more),
            requests=(RunRequest(key="r0", input={}, identity=identity_of(0, 0)),),
            latencies=Latencies(fixed={"*": 1.0}),
        )
        return {
            "format": "ptest.evidence/1",
            "law": law,
            "outcome_class": outcome_class or next(iter(LAWS[law].classes)),
            "component": "some.component",
            "features": ["dependency"],
            "fingerprint": "0123456789abcdef",
            "verdict": {},
            "exhibit": {"scenario": to_json(scenario)},
            "digest": "",
            "sut": {"name": "reference", "version": None},
            "kinds": {},
            "origin": {},
            "executions": 0,
            "steps": [],
            **changes,
        }

    return make
