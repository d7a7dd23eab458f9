"""`ptest faults` and `ptest serve`: what a user sees, with every exit code."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from production_testers.mocks.faults import CATALOGUE
from production_testers.mocks.servers import undo

PTEST = (sys.executable, "-m", "production_testers")
OK = (sys.executable, "-c", "pass")
ASK = """
import json, os, urllib.request
body = json.dumps({"messages": [{"role": "user", "content": "hi"}]}).encode()
for _ in range(4):
    url = os.environ["PTEST_SERVICES_URL"] + "/llm/chat"
    asked = urllib.request.Request(url, body, method="POST")
    try:
        print(urllib.request.urlopen(asked).status)
    except OSError as error:
        print(error)
"""


@pytest.fixture
def plan(tmp_path):
    def make(*rules, **members):
        path = tmp_path / "plan.json"
        document = {"format": "ptest.faults/1", "seed": 1, "rules": list(rules), **members}
        path.write_text(json.dumps(document))
        return path

    return make


LLM = {"fault": "http-503", "at": {"service": "llm"}, "when": {"first": 2, "at_most": 1}}
PAUSE = {"fault": "process-paused", "at": {"process": "app"}, "params": {"ms": 50}}


def test_the_catalogue_is_listed_whole_and_in_parts(ptest):
    everything = ptest("faults", "list", "--json").json["faults"]
    assert [kind["name"] for kind in everything] == list(CATALOGUE)
    lines = ptest("faults", "list").out.splitlines()
    assert len(lines) == 1 + len(CATALOGUE)
    stages = ptest("faults", "list", "--layer", "stage", "--json").json["faults"]
    assert {kind["layer"] for kind in stages} == {"stage"}
    ports = ptest("faults", "list", "--place", "port", "--way", "real", "--json").json["faults"]
    assert {kind["name"] for kind in ports} > {"latency", "tls-expired"}
    assert ptest("faults", "list", "--place", "port", "--way", "simulated", "--json").json == {
        "faults": []
    }


def test_one_kind_is_shown_and_a_near_miss_is_named(ptest):
    said = ptest("faults", "show", "latency")
    assert "side = answer: which of them is late; one of answer, request" in said.out
    assert "at a port: real" in said.out
    assert ptest("faults", "show", "llm-empty", "--json").json["operations"] == [
        "llm.chat",
        "llm.chat_stream",
    ]
    wrong = ptest("faults", "show", "lattency")
    assert wrong.code == 64
    assert "Did you mean latency?" in wrong.line


def test_a_plan_to_start_from_is_one_that_can_be_used(ptest, tmp_path):
    out = tmp_path / "made.json"
    said = ptest(
        "faults",
        "plan",
        "http-429",
        "stage-raises",
        "process-killed",
        "--share",
        "0.5",
        "--seed",
        "9",
        "--out",
        out,
    )
    assert said.code == 0
    document = json.loads(out.read_text())
    assert document["seed"] == 9
    assert [rule["fault"] for rule in document["rules"]] == [
        "http-429",
        "stage-raises",
        "process-killed",
    ]
    assert ptest("faults", "dry-run", out).code == 0
    assert ptest("faults", "plan", "latency").json["rules"][0]["fault"] == "latency"
    for name in CATALOGUE:
        assert ptest("faults", "plan", name).code == 0
    assert "No kind of fault is named" in ptest("faults", "plan").line
    assert "from 0 to 1" in ptest("faults", "plan", "latency", "--share", "3").line


def test_a_dry_run_tells_and_does_nothing(ptest, plan):
    path = plan(LLM, PAUSE)
    said = ptest("faults", "dry-run", path, "--calls", "5", "--seconds", "2")
    assert said.code == 0
    assert "llm.chat/2" in said.out
    assert "At process app, always: The process stands still" in said.out
    document = ptest("faults", "dry-run", path, "--calls", "5", "--json").json
    assert [rule["fires"] for rule in document["rules"]] == [4, 1]
    assert document["exit_code"] == 0
    callers = ptest(
        "faults", "dry-run", path, "--caller", "r0/a", "--caller", "r1/a", "--json"
    ).json
    assert callers["rules"][0]["firings"][0]["at"].startswith("r0/a/llm.")


def test_a_plan_of_which_nothing_would_happen_is_inconclusive(ptest, plan):
    path = plan({**LLM, "when": {"first": 50}})
    assert ptest("faults", "dry-run", path, "--calls", "10").code == 2
    assert ptest("faults", "dry-run", path, "--calls", "10", "--json").json["exit_code"] == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is no JSON"),
        ('{"format": "ptest.faults/9"}', "is not 'ptest.faults/1'"),
        (
            '{"format": "ptest.faults/1", "rules": [{"fault": "x", "at": {"service": "llm"}}]}',
            "no kind of fault 'x'",
        ),
    ],
)
def test_a_plan_that_is_none_is_told_in_one_line(ptest, tmp_path, text, problem):
    path = tmp_path / "p.json"
    path.write_text(text)
    for command in (("dry-run", path), ("run", path, "--", *OK)):
        said = ptest("faults", *command)
        assert said.code == 64
        assert problem in said.line


def test_wrong_input_is_told_in_one_line(ptest, plan, tmp_path):
    path = plan(LLM)
    for arguments, problem in {
        ("dry-run", tmp_path / "none.json"): "Cannot read",
        ("dry-run", path, "--calls", "0"): "is no load",
        ("run", path): "No command is named",
        ("run", path, "--proxy", "x", "--", *OK): "Write NAME=VALUE",
        ("run", path, "--proxy", "x=1", "--", *OK): "is no address",
        ("run", path, "--small-disk", f"{tmp_path}=none", "--", *OK): "is no size",
        ("run", path, "--small-disk", "/nowhere/at/all=100", "--", *OK): "there is no such folder",
        ("run", path, "--in", tmp_path, "--", *OK): "has no mocks/services/",
        ("run", path, "--", "/nowhere/at/all"): "Cannot start",
        ("undo", tmp_path / "none"): "Cannot read",
    }.items():
        said = ptest("faults", *arguments)
        assert said.code == 64, arguments
        assert problem in said.err.splitlines()[-1], arguments


@pytest.mark.slow
def test_a_command_under_a_plan(ptest, plan):
    said = ptest("faults", "run", plan(LLM, PAUSE), "--json", "--", sys.executable, "-c", ASK)
    assert said.code == 0
    assert said.json["fired"] == {"0-http-503": 1, "1-process-paused": 1}
    assert [f["at"] for f in said.json["firings"] if f["fault"] == "http-503"] == ["llm.chat/2"]
    assert said.json["ledger"]["mock"]["calls"] == 3
    assert said.json["starts"] == 1
    assert "PTEST_SERVICES_URL=http://127.0.0.1:" in said.err


@pytest.mark.slow
def test_how_a_command_ended_is_told_by_the_exit_code(ptest, plan):
    assert ptest("faults", "run", plan(LLM), "--", *OK).code == 2
    assert ptest("faults", "run", plan(), "--", *OK).code == 0
    failed = ptest(
        "faults",
        "run",
        plan(PAUSE),
        "--",
        sys.executable,
        "-c",
        "import time; time.sleep(0.1); exit(7)",
    )
    assert failed.code == 1
    assert "ended with 7" in failed.out
    machine = {"fault": "disk-full", "at": {"process": "app"}, "params": {"path": "/"}}
    refused = ptest(
        "faults", "run", plan(machine), "--", sys.executable, "-c", "import time; time.sleep(9)"
    )
    assert refused.code == 64
    assert "may be the machine's" in refused.err


LOOP = "import os, time\nprint(os.getpid(), flush=True)\nwhile True: time.sleep(0.01)"


def started(plan):
    """`ptest faults run` in the middle of a pause; with the paused process."""
    controller = subprocess.Popen(
        [*PTEST, "faults", "run", str(plan), "--", sys.executable, "-c", LOOP],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    pid = int(controller.stdout.readline())
    wait(lambda: state_of(pid) == "T")
    return controller, pid


def ended(controller):
    """Wait for it alone: its command may hold its output open for longer."""
    controller.wait(timeout=30)
    controller.stdout.close()
    controller.stderr.close()


def state_of(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "gone"


def wait(condition):
    deadline = time.perf_counter() + 30
    while not condition():
        assert time.perf_counter() < deadline, "it took too long"
        time.sleep(0.005)


LONG = {**PAUSE, "when": {"from_ms": 300}, "params": {"ms": 60_000}}


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_no_fault_behind(plan):
    controller, pid = started(plan(LONG))
    (journal,) = [w for w in controller.stderr.readline().split() if w.startswith("/")]
    controller.kill()
    ended(controller)
    wait(lambda: state_of(pid) not in ("T", "gone"))
    wait(lambda: not Path(journal).parent.exists())
    os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
def test_a_run_that_is_asked_to_end_undoes_everything_and_ends_its_command(plan):
    controller, pid = started(plan(LONG))
    controller.terminate()
    ended(controller)
    assert controller.returncode == 75
    assert state_of(pid) == "gone"


def test_undo_does_what_a_journal_says(ptest, tmp_path):
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    path = tmp_path / "journal"
    process.send_signal(signal.SIGSTOP)
    wait(lambda: state_of(process.pid) == "T")
    path.write_text(json.dumps({"id": 1, "undo": undo.to_continue(process.pid)}) + "\n")
    assert ptest("faults", "undo", path, "--json").json["undone"] == 1
    wait(lambda: state_of(process.pid) != "T")
    assert ptest("faults", "undo", path).code == 0
    process.kill()
    process.wait()


IN_BACKGROUND = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
"""As a script starts what it does not wait for: interrupts are ignored."""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_services_are_served_until_they_are_not_wanted_any_more(ptest, workspace, plan, number):
    service = subprocess.Popen(
        [*IN_BACKGROUND, *PTEST, "serve", "--json", "--plan", str(plan(LLM))],
        stdout=subprocess.PIPE,
        text=True,
    )
    said = "".join(iter(service.stdout.readline, "}\n")) + "}"
    where = json.loads(said)["PTEST_SERVICES_URL"]
    with urllib.request.urlopen(f"{where}/ptest/health") as answer:
        assert json.load(answer) == {"status": "up", "services": ["api", "db", "infra", "llm"]}
    with urllib.request.urlopen(f"{where}/api/items/7") as answer:
        assert json.load(answer)["id"] == "7"
    service.send_signal(number)
    assert service.wait(timeout=60) == 0
    service.stdout.close()


@pytest.mark.slow
def test_the_services_of_a_run_folder_are_served(workspace, tmp_path):
    """In a process of its own: a run folder's package is called `mocks`, as these tests' is."""
    services = tmp_path / "mocks/services"
    shutil.copytree(workspace.root / "templates/test_utilities/services", services)
    (services / "mock_llm.py").unlink()
    done = subprocess.run(
        [*PTEST, "serve", "--in", str(tmp_path), "--seconds", "0.01", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PTEST_SQL_PORT" in json.loads(done.stdout)
    (services / "mock_db.py").write_text("1 / 0")
    done = subprocess.run(
        [*PTEST, "serve", "--in", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 64
    assert "ZeroDivisionError" in done.stderr
    assert done.stderr.count("\n") == 1
