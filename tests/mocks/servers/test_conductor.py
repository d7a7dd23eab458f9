"""Every kind of fault at a process or at the machine: its effect on a real process, and its end."""

import asyncio
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from production_testers.mocks.faults import CATALOGUE
from production_testers.mocks.faults.moments import timeline
from production_testers.mocks.servers import undo
from production_testers.mocks.servers.conductor import Conductor
from production_testers.mocks.servers.processes import ManagedProcess
from production_testers.mocks.servers.undo import Journal
from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.model.fault_plan import Burst, FaultPlan, Place, Rule, Target, When

pytestmark = pytest.mark.slow

SUBJECT = """
import mmap, os, sys, time
folder = sys.argv[1]
print(os.getpid(), "starts", flush=True)
while True:
    try:
        answer = "ok"
        mmap.mmap(-1, 30_000_000).close()
        with open(os.path.join(folder, "written"), "wb") as file:
            file.write(bytes(20_000))
        os.remove(os.path.join(folder, "written"))
        os.close(os.open(os.devnull, os.O_RDONLY))
    except (OSError, MemoryError) as error:
        answer = type(error).__name__ + " " + str(getattr(error, "errno", ""))
    print(answer, flush=True)
    time.sleep(0.004)
"""


def can_mount():
    """Whether this machine lets us have a file system of our own."""
    alone = ["unshare", "--mount"]
    if os.geteuid() != 0:
        alone += ["--user", "--map-root-user"]
    return subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0


@contextmanager
def subject(tmp_path, *, small_disk=None):
    """A process that says what it can do, again and again, and a function that reads it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    out = tmp_path / "said"
    program = tmp_path / "subject.py"
    program.write_text(SUBJECT)
    shell = f'exec "{sys.executable}" -u "{program}" "{folder}" >> "{out}"'
    process = ManagedProcess(
        "app",
        ["sh", "-c", shell],
        small_disk=None if small_disk is None else (str(folder), small_disk),
    )
    process.start()

    def said():
        return out.read_text().splitlines() if out.exists() else []

    wait(lambda: said().count("ok") > 2)
    try:
        yield process, said
    finally:
        asyncio.run(process.end())


def wait(condition, seconds=20.0):
    deadline = time.perf_counter() + seconds
    while not condition():
        assert time.perf_counter() < deadline, "it took too long"
        time.sleep(0.002)


def rule(fault, place=Place.PROCESS, name="app", **members):
    when = When(**members.pop("when", {}))
    return Rule(id="one", fault=fault, at=Target(place=place, name=name), when=when, params=members)


def do(tmp_path, plan, process, during):
    """Do a plan; `during(fired)` is called as soon as its fault was done."""
    fired = []

    async def work():
        with Journal(tmp_path / "journal") as journal:
            doing = asyncio.ensure_future(
                Conductor(plan, [process], journal, fired.append).conduct()
            )
            while not fired and not doing.done():  # noqa: ASYNC110 - told from anywhere
                await asyncio.sleep(0.001)
            if fired:
                await asyncio.to_thread(during)
            await doing

    asyncio.run(work())
    assert not (tmp_path / "journal").exists()
    return fired


def state_of(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def after(said, word):
    """The process says a word that it had not said since now."""
    start = len(said())
    wait(lambda: word in said()[start:])


LIMITED = {
    "memory-cap": ("OSError 12", {"bytes": 1_000_000}, "memory"),
    "descriptors-exhausted": ("OSError 24", {}, "descriptors"),
    "file-size-capped": ("OSError 27", {"bytes": 4096}, "file_size"),
}


@pytest.mark.parametrize("fault", LIMITED)
def test_a_limit_is_felt_and_lifted(tmp_path, fault):
    word, params, limit = LIMITED[fault]
    with subject(tmp_path) as (process, said):
        before = resource.prlimit(process.pid, undo.LIMITS[limit])
        plan = FaultPlan(rules=(rule(fault, ms=400, **params),))
        fired = do(tmp_path, plan, process, lambda: after(said, word))
        assert [firing.fault for firing in fired] == [fault]
        assert resource.prlimit(process.pid, undo.LIMITS[limit]) == before
        after(said, "ok")


@pytest.mark.skipif(not can_mount(), reason="mount namespaces are not allowed here")
def test_a_small_disk_is_filled_and_emptied(tmp_path):
    with subject(tmp_path, small_disk=200_000) as (process, said):
        folder = str(tmp_path / "disk")
        plan = FaultPlan(rules=(rule("disk-full", ms=400, path=folder),))
        do(tmp_path, plan, process, lambda: after(said, "OSError 28"))
        after(said, "ok")
        assert list(Path(folder).iterdir()) == []  # the machine's own disk never saw any of it


def test_a_disk_of_the_machine_is_never_filled(tmp_path):
    with subject(tmp_path) as (process, _said):
        plan = FaultPlan(rules=(rule("disk-full", path=str(tmp_path)),))
        with pytest.raises(UsageError, match="may be the machine's"):
            do(tmp_path, plan, process, lambda: None)
        assert not list(tmp_path.rglob(".ptest-ballast"))


def test_a_paused_process_says_nothing_and_goes_on(tmp_path):
    with subject(tmp_path) as (process, said):
        plan = FaultPlan(rules=(rule("process-paused", ms=800),))
        seen = []

        def during():
            wait(lambda: state_of(process.pid) == "T")
            before = len(said())
            time.sleep(0.05)
            seen.append((len(said()) - before, state_of(process.pid)))

        do(tmp_path, plan, process, during)
        assert seen == [(0, "T")]
        after(said, "ok")
        assert process.starts == 1


def test_a_throttled_process_does_less_and_then_as_before(tmp_path):
    with subject(tmp_path) as (process, said):
        states = []

        def during():
            while len(states) < 30 or len(set(states)) < 2:
                states.append(state_of(process.pid))
                time.sleep(0.003)

        plan = FaultPlan(rules=(rule("cpu-throttled", ms=500, share=0.7),))
        do(tmp_path, plan, process, during)
        assert states.count("T") > 5
        assert set(states) > {"T"}  # it was stopped, and it went on
        assert state_of(process.pid) != "T"
        after(said, "ok")


@pytest.mark.parametrize(
    ("fault", "code"),
    [("process-killed", -signal.SIGKILL), ("process-terminated", -signal.SIGTERM)],
)
def test_a_process_that_was_ended_is_started_anew(tmp_path, fault, code):
    with subject(tmp_path) as (process, said):
        first, codes = process.pid, []

        def during():
            wait(lambda: not process.runs)
            codes.append(process.code)

        do(tmp_path, FaultPlan(rules=(rule(fault, ms=100),)), process, during)
        assert codes == [code]
        assert process.starts == 2
        assert process.pid != first
        wait(lambda: sum("starts" in line for line in said()) == 2)


def test_a_hog_takes_processors_and_leaves_nobody_behind(tmp_path):
    def children():
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        return {int(pid) for pid in listed}

    with subject(tmp_path) as (process, _said):
        before, spinning = children(), []
        plan = FaultPlan(rules=(rule("cpu-hog", Place.HOST, "*", ms=150, processes=2),))
        fired = do(tmp_path, plan, process, lambda: spinning.extend(children() - before))
        assert len(spinning) == 3  # two of them, and the watchdog
        assert children() == before
        assert fired[0].params["processes"] == 2


TESTED = {
    *LIMITED, "disk-full", "process-paused", "cpu-throttled", "process-killed",
    "process-terminated", "cpu-hog",
}  # fmt: skip


def test_every_kind_that_can_be_at_a_process_or_the_machine_is_tested_here():
    timed = {Place.PROCESS, Place.HOST}
    assert {name for name, kind in CATALOGUE.items() if timed & set(kind.places)} == TESTED


def test_moments_follow_from_the_plan_alone():
    every = rule("process-paused", when={"from_ms": 100, "every_ms": 50, "share": 0.5})
    plan = FaultPlan(seed=4, rules=(every,))
    first = timeline(plan, ["app", "other"], 1_000)
    assert first == timeline(plan, ["app", "other"], 1_000)
    assert {one.target for one in first} == {"app"}
    assert all(one.at_ms % 50 == 0 and one.at_ms >= 100 for one in first)
    assert 2 < len(first) < 18
    assert timeline(plan, ["app"], 400) == [one for one in first if one.at_ms <= 400]
    assert [
        one.at_ms for one in timeline(FaultPlan(rules=(rule("process-paused"),)), ["app"], 9)
    ] == [0]


def test_bursts_of_one_group_are_bad_at_the_same_time():
    burst = Burst(group="rack", length=100, share=0.3)
    rules = tuple(
        Rule(
            id=name,
            fault="process-paused",
            at=Target(place=Place.PROCESS, name=name),
            when=When(every_ms=10, burst=burst),
        )
        for name in ("one", "two")
    )
    seen = timeline(FaultPlan(seed=1, rules=rules), ["one", "two"], 5_000)
    moments = {name: {p.at_ms for p in seen if p.target == name} for name in ("one", "two")}
    assert moments["one"] == moments["two"]
    assert 0.1 < len(moments["one"]) / 500 < 0.6


def test_what_cannot_be_done_in_a_real_run_is_refused(tmp_path):
    planned = FaultPlan(rules=(rule("process-killed", Place.STAGE, "a"),))
    with (
        Journal(tmp_path / "j") as journal,
        pytest.raises(InvalidDocumentError, match="cannot be at a stage"),
    ):
        Conductor(planned, [], journal)


CONTROLLER = """
import asyncio, json, os, sys
from pathlib import Path
from production_testers.mocks.servers.conductor import Conductor
from production_testers.mocks.servers.processes import ManagedProcess
from production_testers.mocks.servers.undo import Journal
from production_testers.model import fault_plan_format

plan = fault_plan_format.from_json(json.loads(sys.argv[2]))
loop = "import time\\nwhile True: time.sleep(0.01)"
disk = (sys.argv[3], 200_000) if sys.argv[3] else None
process = ManagedProcess("app", [sys.executable, "-c", loop], small_disk=disk)
process.start()
with Journal(Path(sys.argv[1])) as journal:
    def told(firing):
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
        print(process.pid, journal.watchdog, children, flush=True)
    asyncio.run(Conductor(plan, [process], journal, told).conduct())
"""


@pytest.fixture
def killed(tmp_path):
    """Runs a controller and kills it (SIGKILL) in the middle of a fault; gives what it told."""
    left = []

    def kill(fault, place="process", name="app", disk="", **params):
        plan = {
            "format": "ptest.faults/1",
            "rules": [{"fault": fault, "at": {place: name}, "params": {"ms": 60_000, **params}}],
        }
        arguments = [str(tmp_path / "journal"), json.dumps(plan), str(disk)]
        controller = subprocess.Popen(
            [sys.executable, "-c", CONTROLLER, *arguments], stdout=subprocess.PIPE
        )
        pids = [int(word) for word in controller.stdout.readline().split()]
        left.append(pids[0])
        controller.kill()
        controller.wait()
        controller.stdout.close()
        return pids

    yield kill
    for pid in left:
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("fault", ["process-paused", "cpu-throttled"])
def test_a_stopped_process_goes_on_when_its_controller_is_killed(tmp_path, killed, fault):
    pid, watchdog, *_ = killed(fault)
    wait(lambda: undo.started_at(watchdog) is None)
    wait(lambda: state_of(pid) != "T")
    assert not (tmp_path / "journal").exists()


@pytest.mark.parametrize("fault", LIMITED)
def test_a_limit_is_lifted_when_its_controller_is_killed(killed, fault):
    _word, params, name = LIMITED[fault]
    pid, *_ = killed(fault, **params)
    ours = resource.prlimit(os.getpid(), undo.LIMITS[name])
    wait(lambda: resource.prlimit(pid, undo.LIMITS[name]) == ours)


@pytest.mark.skipif(not can_mount(), reason="mount namespaces are not allowed here")
def test_a_small_disk_is_emptied_when_its_controller_is_killed(tmp_path, killed):
    (tmp_path / "disk").mkdir()
    pid, watchdog, *_ = killed("disk-full", disk=tmp_path / "disk", path=str(tmp_path / "disk"))
    wait(lambda: undo.started_at(watchdog) is None)
    assert list(undo.seen_by(pid, str(tmp_path / "disk")).iterdir()) == []
    assert list((tmp_path / "disk").iterdir()) == []


def test_hogs_end_when_their_controller_is_killed(killed):
    app, watchdog, *children = killed("cpu-hog", "host", "*", processes=2)
    hogs = set(children) - {app, watchdog}
    assert len(hogs) == 2
    wait(lambda: all(undo.started_at(pid) is None for pid in hogs))


WHOLE = {
    "format": "ptest.faults/1",
    "rules": [
        {"fault": "partition", "at": {"port": "db"}, "params": {"ms": 60_000}},
        {"fault": "clock-jump", "at": {"service": "infra"}, "params": {"by_ms": 3_600_000}},
        {"fault": "process-paused", "at": {"process": "app"}, "params": {"ms": 60_000}},
    ],
}
STAYS = "import time; time.sleep(600)"


def test_nothing_is_left_of_a_whole_run_that_is_killed(tmp_path):
    """Its proxies and services are gone, the real port is as it was, its command goes on."""
    (tmp_path / "plan.json").write_text(json.dumps(WHOLE))
    with socket.create_server(("127.0.0.1", 0)) as real:
        port = real.getsockname()[1]
        run = subprocess.Popen(
            [
                *(sys.executable, "-m", "production_testers", "faults", "run"),
                *(str(tmp_path / "plan.json"), "--proxy", f"db=127.0.0.1:{port}"),
                *("--", sys.executable, "-c", STAYS),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
        said = []
        while "process-paused" not in (line := run.stderr.readline()):
            assert line, said
            said.append(line)
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        wait(lambda: any(state_of(one) == "T" for one in children.read_text().split()))
        (pid,) = (int(one) for one in children.read_text().split() if state_of(one) == "T")
        before = time.clock_gettime(time.CLOCK_REALTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
        (proxy,) = (int(line.split("=")[1]) for line in said if line.startswith("PTEST_PORT_DB="))
        run.kill()
        run.wait()
        run.stderr.close()  # the command has it, too, and lives
        try:
            wait(lambda: state_of(pid) != "T")
            wait(lambda: not list(tmp_path.glob(f"{undo.FOLDER_OF_A_RUN}*")))
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", proxy))
            socket.create_connection(("127.0.0.1", port)).close()
            now = time.clock_gettime(time.CLOCK_REALTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
            assert abs(now - before) < 60  # no clock of the machine was changed
        finally:
            os.kill(pid, signal.SIGKILL)


def test_a_journal_tells_what_is_left_when_the_watchdog_is_killed_too(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    path = tmp_path / "journal"
    journal = Journal(path)
    os.kill(journal.watchdog, signal.SIGKILL)
    journal.write(undo.to_continue(process.pid))
    process.send_signal(signal.SIGSTOP)
    wait(lambda: state_of(process.pid) == "T")
    with path.open("a") as file:
        file.write('{"id": 2, "undo": {"do": "cont')  # it died while it wrote
    assert undo.undo_all(path) == 1
    wait(lambda: state_of(process.pid) != "T")
    assert undo.undo_all(path) == 0
    journal.close()
    process.kill()
    process.wait()


def test_a_process_that_got_the_number_of_an_ended_one_is_left_alone():
    mine = {"do": "end", "pid": os.getpid(), "started": 1}
    assert undo.undo(mine) is False


def test_a_file_that_is_no_journal_is_refused(tmp_path):
    path = tmp_path / "other"
    path.write_text("hello\n")
    with pytest.raises(InvalidDocumentError, match="line 1"):
        undo.undo_all(path)
    path.write_text('{"id": 1, "undo": {"do": "format the disk", "pid": 1}}\n')
    with pytest.raises(UsageError, match="Nobody knows"):
        undo.undo_all(path)
    with pytest.raises(UsageError, match="Cannot write a journal"):
        Journal(path)
