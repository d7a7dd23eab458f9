"""`ptest agent`: a scripted agent works on a run; the machine judges what it leaves."""

import json
import os
import signal
import sys
import textwrap

import pytest

from phases.tiny import ENTRY, kinds_of
from production_testers.agents import process
from production_testers.phases import testing
from production_testers.workspace.proposals import proposals_of
from production_testers.workspace.validation import validate_run

pytestmark = pytest.mark.slow

RUN_FOLDER_TESTS = testing.run_folder_tests  # before any test replaces it


def the_run(workspace):
    (run,) = workspace.runs()
    return run


def said_by_agent(run):
    (log,) = run.logs.glob("run_*_agent.log")
    return log.read_text()


def by_hand(law=None, scenario=None, **more):
    """A finding as an agent might write it into findings.json."""
    evidence = {"law": law, "scenario": scenario} if law else {}
    return {
        "id": f"{ENTRY}-BUG-777",
        "type": "bug",
        "severity": "critical",
        "title": "I say so",
        "description": "Trust me.",
        "status": "confirmed",
        "created_at": "2026-01-14T09:00:00Z",
        "evidence": evidence,
        **more,
    }


def writes(*findings):
    """A script that adds findings by hand."""
    return textwrap.dedent(f"""
        import json, pathlib
        file = pathlib.Path("findings.json")
        document = json.loads(file.read_text())
        document["findings"] += json.loads({json.dumps(findings)!r})
        file.write_text(json.dumps(document))
    """)


def test_what_an_agent_writes_by_hand_is_promoted_or_rejected(
    quick, wrong_sut, blind, agent, workspace, scenario
):
    good = by_hand("dag/runs-once", scenario(), title="Stages run twice")
    junk = by_hand(id=f"{ENTRY}-BUG-778", title="Junk")
    said = agent(writes(good, junk))
    run = the_run(workspace)
    assert said.code == 1  # findings
    promoted, rejected = said.json["proposals"]
    assert (rejected["state"], rejected["reason"]) == ("rejected", "it names no law")
    assert (promoted["state"], promoted["finding"]) == ("promoted", f"{ENTRY}-BUG-001")
    (finding,) = run.read_findings().findings
    assert (finding.id, finding.title) == (f"{ENTRY}-BUG-001", "Stages run twice")
    assert finding.evidence["state"] == "verified"
    assert "Junk" not in run.findings.read_text()
    assert proposals_of(run)[1].stated == junk
    assert "2 proposals: 1 promoted, 1 rejected" in run.final_report.read_text()
    assert validate_run(run) == ()


# What the mission cannot use: for tests that look at what happens before it.
BREAK_OFF = "\nimport pathlib; pathlib.Path('pipelines/baseline.py').write_text('broken!')\n"


def test_the_model_that_took_part_is_named(quick, agent, workspace):
    agent(BREAK_OFF, "--model", "some-model")
    run = the_run(workspace)
    assert run.read_config().agent_model == "some-model"
    assert run.read_findings().metadata.agent_model == "some-model"
    (run.pipelines / "baseline.py").unlink()
    agent(BREAK_OFF, "--in", run.address, "--model", "another", new=())
    assert run.read_findings().metadata.agent_model == run.read_config().agent_model == "another"


def test_an_agent_sees_what_it_needs_and_no_secret(quick, agent, workspace, monkeypatch):
    monkeypatch.setenv("TOKEN", "s3cr3t-value")
    monkeypatch.setenv("OTHER_TOKEN", "never-passed")
    script = """
        import os, pathlib, shutil, sys
        print(sorted(os.environ))
        print("mine:", os.environ["TOKEN"])
        print(pathlib.Path.cwd() == pathlib.Path(os.environ["PTEST_RUN"]))
        print(sys.stdin.read() == pathlib.Path(os.environ["PTEST_PROMPT"]).read_text())
        print(os.environ["PTEST_ENTRY"], pathlib.Path(os.environ["PTEST_WORKSPACE"]).name)
        print(shutil.which("ptest") is not None, os.getsid(0) == os.getpid())
    """
    said = agent(textwrap.dedent(script) + BREAK_OFF, "--pass-env", "TOKEN")
    run = the_run(workspace)
    assert run.read_config().agent_model == "none"
    lines = said_by_agent(run).splitlines()
    names = {"PATH", "HOME", "LANG", "TERM", "TMPDIR", "TOKEN", "LC_CTYPE"}
    seen = {name.strip("'[] ") for name in lines[0].split(",")}
    assert {name for name in seen if not name.startswith("PTEST_")} <= names
    assert lines[1:] == [
        *("mine: [TOKEN]", "True", "True"),
        *(f"{ENTRY} production-testers", "True True"),
    ]
    assert said.json["agent"]["exit_code"] == 0
    everything = "".join(p.read_text(errors="replace") for p in run.path.rglob("*") if p.is_file())
    assert "s3cr3t-value" not in everything
    assert "never-passed" not in everything


def test_pipelines_that_it_edits_are_the_ones_that_are_executed(quick, agent, workspace):
    script = """
        import pathlib
        file = pathlib.Path("pipelines/baseline.py")
        file.write_text(file.read_text() + "\\n\\nraise ZeroDivisionError('from the agent')\\n")
        pathlib.Path("research/hypotheses.md").write_text("what I think")
    """
    said = agent(textwrap.dedent(script))
    run = the_run(workspace)
    assert said.code == 1
    (problem,) = said.json["problems"]
    assert (problem["rule"], problem["path"]) == ("unusable", "pipelines/baseline.py")
    assert "from the agent" in problem["message"]
    assert (run.research / "hypotheses_agent.md").read_text() == "what I think"
    assert run.read_findings().metadata.status.value == "in_progress"
    assert validate_run(run) == ()


def test_tests_that_cannot_be_run_are_its_mistake_not_ours(quick, agent, monkeypatch):
    monkeypatch.setattr(testing, "run_folder_tests", RUN_FOLDER_TESTS)
    said = agent("import pathlib; pathlib.Path('tests/conftest.py').write_text('import no_such')")
    assert said.code == 1
    (problem,) = said.json["problems"]
    assert problem["rule"] == "unusable"
    assert "pytest ended with 4" in problem["message"]


def test_a_folder_that_it_damaged_is_mended_and_told(quick, agent, workspace):
    script = """
        import pathlib, shutil
        for name in ("README.md", "config/environment.json", "pipelines/chaos.py"):
            pathlib.Path(name).unlink()
        pathlib.Path("findings.json").write_text("{")
        pathlib.Path("FINAL_REPORT.md").write_text("my own report")
        shutil.rmtree("dx_evaluation")
        journal = pathlib.Path("results/events.jsonl")
        journal.write_text("garbage\\n" + journal.read_text().split("\\n", 1)[1])
    """
    said = agent(textwrap.dedent(script))
    run = the_run(workspace)
    assert said.json["problems"] == []
    told = {(one["path"], one["rule"]) for one in said.json["mended"]}
    assert told >= {
        ("README.md", "required"),
        ("config/environment.json", "required"),
        ("pipelines/chaos.py", "required"),
        ("findings.json", "schema"),
        ("dx_evaluation/scores.json", "required"),
        ("results/events.jsonl", "journal"),
    }
    (proposal,) = said.json["proposals"]
    assert proposal["reason"] == "findings.json was not one JSON document"
    assert (run.path / "FINAL_REPORT_agent.md").read_text() == "my own report"
    assert kinds_of(run)[0] == "run_started"
    assert run.read_findings().metadata.status.value == "completed"
    assert validate_run(run) == ()


def test_what_cannot_be_mended_is_listed(quick, agent, workspace):
    script = """
        import pathlib
        pathlib.Path("results/traces").mkdir()
        pathlib.Path("results/traces/mine.txt").write_text("x")
        pathlib.Path("junk").mkdir()
    """
    said = agent(textwrap.dedent(script))
    assert said.code == said.json["exit_code"] == 1
    told = [(one["path"], one["rule"], one["severity"]) for one in said.json["problems"]]
    assert told == [
        ("results/traces/mine.txt", "naming", "error"),
        ("junk/", "unknown-folder", "warning"),
    ]


def test_it_does_not_choose_what_is_tested(quick, agent, workspace):
    script = """
        import json, pathlib
        file = pathlib.Path("config/run_config.json")
        config = json.loads(file.read_text())
        config["sut"] = {"name": "stageflow-core", "version": "0.5.0", "source": None}
        file.write_text(json.dumps(config))
    """
    said = agent(textwrap.dedent(script) + BREAK_OFF)
    assert ("config/run_config.json", "agreement") in {
        (one["path"], one["rule"]) for one in said.json["mended"]
    }
    assert the_run(workspace).read_config().as_json()["sut"]["name"] == "reference"


def test_a_run_that_it_deleted_is_told(quick, agent, workspace):
    said = agent("import os, shutil; shutil.rmtree(os.environ['PTEST_RUN'])")
    assert said.code == 1
    assert {one["rule"] for one in said.json["problems"]} >= {"unusable"}


def test_when_its_time_is_over_the_machine_goes_on_with_what_is_there(
    quick, agent, workspace, monkeypatch
):
    monkeypatch.setattr(process, "GRACE_S", 0.2)
    said = agent("import time; print('here', flush=True); time.sleep(60)", "--timeout", "0.5")
    run = the_run(workspace)
    assert said.json["agent"]["timed_out"] is True
    assert said_by_agent(run) == "here\n"
    assert run.read_findings().metadata.status.value == "completed"


def test_an_interrupted_agent_is_ended_and_the_run_goes_on(quick, agent, workspace, scenario):
    script = writes(by_hand("dag/runs-once", scenario()))
    script += "import os, signal, time\n"
    script += f"os.kill({os.getpid()}, signal.SIGTERM)\ntime.sleep(60)\n"
    earlier = signal.getsignal(signal.SIGTERM)
    said = agent(script)
    run = the_run(workspace)
    assert (said.code, said.out) == (75, "")
    assert f"--in {run.address}" in said.err.splitlines()[-1]
    assert f"ptest resume {run.address}" in said.err.splitlines()[-1]
    assert signal.getsignal(signal.SIGTERM) is earlier
    assert kinds_of(run)[-1] == "run_interrupted"
    assert run.read_findings().metadata.status.value == "in_progress"
    assert run.read_findings().findings == ()  # what it wrote by hand is a proposal now
    assert len(proposals_of(run)) == 1
    assert validate_run(run) == ()

    again = agent("import sys; print(sys.stdin.read())", "--in", run.address, new=())
    assert again.code == 0
    told = run.agent_prompt.read_text()
    assert "Somebody has worked on this run before you." in told
    assert "Phases that are complete: research, environment, pipelines\n" in told
    assert "proposal-001 (dag/runs-once): proposed" in told
    assert run.read_findings().metadata.status.value == "completed"
    (proposal,) = again.json["proposals"]
    assert proposal["state"] == "rejected"  # the reference is right
    assert "run_resumed" in kinds_of(run)
    assert validate_run(run) == ()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--command", "/no/such/program x"), "'/no/such/program': there is no such program"),
        (("--command", "'open"), "cannot be read"),
        (("--command", " "), "--command is empty"),
        (("--command", "true", "--timeout", "0"), "--timeout 0"),
        (("--command", "true", "--pass-env", "NO_SUCH_VARIABLE"), "'NO_SUCH_VARIABLE'"),
        (("--command", "true", "--in", "run-1999-01-01-001"), "ptest runs list"),
    ],
)
def test_wrong_input_is_one_line_and_makes_no_run(ptest, workspace, options, expected):
    said = ptest("agent", ENTRY, "--sut", "reference", *options)
    assert (said.code, said.out) == (64, "")
    assert expected in said.err.splitlines()[-1]
    assert workspace.runs() == ()


def test_a_broken_prompt_is_named_with_its_line(quick, agent, workspace):
    text = workspace.agent_prompt.read_text()
    workspace.agent_prompt.write_text(text.replace("{{ ENTRY_TITLE }}", "{{ ENTRY_TITEL }}"))
    line = text[: text.index("{{ ENTRY_TITLE }}")].count("\n") + 1
    said = agent("")
    assert said.code == 64
    assert f"AGENT_SYSTEM_PROMPT.md:{line}: 'ENTRY_TITEL' is undefined" in said.err


def test_a_proposal_that_it_broke_is_told_and_nothing_by_hand_stays(quick, agent, workspace):
    script = writes(by_hand()) + "pathlib.Path('results/evidence').mkdir()\n"
    script += "pathlib.Path('results/evidence/proposal-001.json').write_text('{}')\n"
    said = agent(script)
    run = the_run(workspace)
    assert said.code == 1
    (problem,) = said.json["problems"]
    assert problem["rule"] == "unusable"
    assert "proposal-001.json" in problem["path"]
    assert run.read_findings().findings == ()
    assert run.read_findings().metadata.status.value == "in_progress"


@pytest.mark.registry
def test_proposals_of_an_agent_are_run_on_the_real_framework(
    quick, blind, ptest, workspace, tmp_path, scenario
):
    good = scenario(kind="chaos", faults=[{"kind": "retry", "stage": "a"}])
    script = f"""
        import json, pathlib, subprocess
        pathlib.Path("results/evidence").mkdir(parents=True)
        file = pathlib.Path("results/evidence/mine.json")
        file.write_text(json.dumps(json.loads({json.dumps(good)!r})))
        for law in ("dag/status-effect", "dag/runs-once"):
            done = subprocess.run(
                ["ptest", "findings", "add", ".", "--law", law, "--scenario", str(file), "--json"],
                stdout=subprocess.PIPE, text=True,
            )
            said = json.loads(done.stdout)
            print(done.returncode, said["state"], said["finding"])
    """
    file = tmp_path / "agent.py"
    file.write_text(textwrap.dedent(script))
    command = f"{sys.executable} {file}"
    said = ptest("agent", ENTRY, "--command", command, "--sut", "stageflow-core==1.2.0", "--json")
    run = the_run(workspace)
    told = [line for line in said_by_agent(run).splitlines() if line[0].isdigit()]
    assert told == [f"0 promoted {ENTRY}-BUG-001", "1 rejected None"]
    promoted, rejected = said.json["proposals"]
    assert (promoted["state"], promoted["finding"]) == ("promoted", f"{ENTRY}-BUG-001")
    assert rejected["state"] == "rejected"
    assert said.code == 1
    assert validate_run(run) == ()
    shown = ptest("replay", f"{ENTRY}-BUG-001", "--json")
    assert (shown.code, shown.json["same_history"]) == (1, True)
