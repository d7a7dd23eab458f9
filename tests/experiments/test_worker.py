"""A worker answers, or its end is told; it never outlives whoever started it."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from production_testers.experiments.worker import Worker, WorkerDiedError, client, frames
from production_testers.model.errors import PtestError, SutUnavailableError

PYTHON = Path(sys.executable)

JOBS = """
import os, signal, sys, time

LEFT = []

def echo(adapter, arguments, emit):
    return {"adapter": adapter.name, "arguments": arguments}

def report(adapter, arguments, emit):
    for number in range(arguments["count"]):
        emit({"number": number})
    return "done"

def fail(adapter, arguments, emit):
    raise KeyError("the very reason")

def leave(adapter, arguments, emit):
    LEFT.append(1)
    return len(LEFT)

def kill_itself(adapter, arguments, emit):
    emit({"pid": os.getpid(), "worker": os.getppid()})
    os.kill(os.getpid(), signal.SIGKILL)

def exit_quietly(adapter, arguments, emit):
    os._exit(0)

def tear(adapter, arguments, emit):
    emit({"x": 1})
    os.write(arguments_fd(), b"\\x00\\x00\\x10\\x00{")
    os.kill(os.getpid(), signal.SIGKILL)

def arguments_fd():
    return int(sys.argv[2])

def hang(adapter, arguments, emit):
    emit({"pid": os.getpid(), "worker": os.getppid()})
    time.sleep(600)

def allocate(adapter, arguments, emit):
    return len(bytearray(arguments["bytes"]))

def large(adapter, arguments, emit):
    return "x" * arguments["count"]

def environment(adapter, arguments, emit):
    return {"variables": sorted(os.environ), "path": sys.path, "isolated": sys.flags.isolated,
            "modules": sorted({name.partition(".")[0] for name in sys.modules})}

def not_json(adapter, arguments, emit):
    return {1, 2}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jobs")
    (folder / "worker_jobs.py").write_text(JOBS)
    return folder


@pytest.fixture(scope="module")
def worker(folder):
    with Worker(PYTHON, "reference", (folder,)) as worker:
        yield worker


@pytest.fixture
def own_worker(folder):
    with Worker(PYTHON, "reference", (folder,)) as worker:
        yield worker


def is_gone(pid):
    """Whether the process has ended; one that nobody has waited for yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def is_gone_soon(pid):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if is_gone(pid):
            return True
        time.sleep(0.01)
    return False


def test_frames_come_back_as_they_were():
    messages = [{}, {"a": [1, None, "é\u2028"]}, {"b": "x" * 100_000}]
    stream = io.BytesIO()
    for message in messages:
        frames.write(stream, message)
    stream.seek(0)
    assert [frames.read(stream) for _ in messages] == messages
    assert frames.read(stream) is None


@pytest.mark.parametrize("kept", [1, 3, 4, 5, 10])
def test_a_torn_frame_is_an_error(kept):
    stream = io.BytesIO()
    frames.write(stream, {"a": "bcdef"})
    with pytest.raises(ValueError, match=r"frame of|the stream ended after"):
        frames.read(io.BytesIO(stream.getvalue()[:kept]))


def test_a_frame_of_absurd_length_is_refused_before_anything_is_read():
    with pytest.raises(ValueError, match="a frame of 4294967295 bytes"):
        frames.read(io.BytesIO(b"\xff\xff\xff\xff"))


def test_a_job_gets_adapter_and_arguments_and_its_result_comes_back(worker):
    assert worker.call("worker_jobs:echo", {"x": ["é", 1.5]}) == {
        "adapter": "reference",
        "arguments": {"x": ["é", 1.5]},
    }
    assert worker.sut == {"name": "reference", "version": None}


def test_events_come_in_order_while_the_job_runs(worker):
    seen = []
    assert worker.call("worker_jobs:report", {"count": 50}, on_event=seen.append) == "done"
    assert seen == [{"number": number} for number in range(50)]


def test_a_large_result_comes_back_whole(worker):
    assert len(worker.call("worker_jobs:large", {"count": 3_000_000})) == 3_000_000


def test_no_job_sees_what_an_earlier_one_left(worker):
    assert [worker.call("worker_jobs:leave", {}) for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ("worker_jobs:fail", "worker_jobs:fail failed: KeyError: 'the very reason'"),
        ("worker_jobs:nothing", "no attribute 'nothing'"),
        ("nowhere:nothing", "No module named 'nowhere'"),
    ],
)
def test_a_job_that_raises_is_an_error_of_ours_with_its_message(worker, job, message):
    with pytest.raises(PtestError, match=message) as caught:
        worker.call(job, {})
    assert not isinstance(caught.value, WorkerDiedError)
    assert "Traceback" in str(caught.value)
    assert worker.call("worker_jobs:leave", {}) == 1


def test_a_worker_goes_on_after_its_child_was_killed(worker):
    seen = []
    with pytest.raises(WorkerDiedError, match=r"exit -9.*worker_jobs:kill_itself"):
        worker.call("worker_jobs:kill_itself", {}, on_event=seen.append)
    assert is_gone(seen[0]["pid"])
    assert not is_gone(seen[0]["worker"])
    assert worker.call("worker_jobs:leave", {}) == 1


def test_a_result_that_json_cannot_say_is_an_end_and_not_silence(worker):
    with pytest.raises(PtestError):
        worker.call("worker_jobs:not_json", {})
    assert worker.call("worker_jobs:leave", {}) == 1


@pytest.mark.slow
def test_a_child_that_leaves_without_an_answer_has_died(own_worker):
    with pytest.raises(WorkerDiedError, match="exit 0"):
        own_worker.call("worker_jobs:exit_quietly", {}, timeout_s=0.5)


def test_a_child_that_is_killed_in_the_middle_of_a_frame_has_died(own_worker):
    with pytest.raises(WorkerDiedError):
        own_worker.call("worker_jobs:tear", {}, timeout_s=0.5)


@pytest.mark.slow
def test_a_job_that_takes_too_long_ends_with_its_worker(own_worker):
    seen = []
    with pytest.raises(WorkerDiedError, match="no answer in 0 s"):
        own_worker.call("worker_jobs:hang", {}, on_event=seen.append, timeout_s=0.4)
    assert is_gone_soon(seen[0]["pid"])
    assert is_gone_soon(seen[0]["worker"])


def test_closing_twice_is_closing_once(folder):
    worker = Worker(PYTHON, "reference", (folder,))
    worker.close()
    worker.close()


def test_a_framework_that_is_not_installed_is_unavailable():
    with pytest.raises(SutUnavailableError, match="stageflow-core cannot be imported by") as caught:
        Worker(PYTHON, "stageflow-core")
    assert caught.value.exit_code == 77
    assert "No module named 'stageflow'" in str(caught.value)


BROKEN = """
import os, sys
from pathlib import Path
from production_testers.experiments.worker import Worker
from production_testers.model.errors import PtestError
before = len(os.listdir("/proc/self/fd"))
try:
    Worker(Path(sys.argv[1]), "reference")
except PtestError as error:
    print(error)
    print(len(os.listdir("/proc/self/fd")) - before)
"""


@pytest.fixture(scope="module")
def told_of_a_broken_interpreter(tmp_path_factory):
    """What is said of an interpreter that cannot serve, and how many files are left open."""
    broken = tmp_path_factory.mktemp("broken") / "python"
    broken.write_text("#!/bin/sh\necho first >&2\necho no python here >&2\nexit 3\n")
    broken.chmod(0o755)
    command = [sys.executable, "-W", "ignore", "-c", BROKEN, str(broken)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_an_interpreter_that_cannot_serve_is_told_with_its_last_words(told_of_a_broken_interpreter):
    assert "no python here" in told_of_a_broken_interpreter[0]


def test_a_worker_that_could_not_start_leaves_no_file_open(told_of_a_broken_interpreter):
    assert told_of_a_broken_interpreter[1] == "0"


def test_a_worker_knows_nothing_of_the_parents_environment(folder, monkeypatch):
    monkeypatch.setenv("MY_SECRET", "x")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    with Worker(PYTHON, "reference", (folder,)) as worker:
        found = worker.call("worker_jobs:environment", {})
    assert set(found["variables"]) <= {*client.PASSED_ON, "LC_CTYPE"}
    assert "/nowhere" not in found["path"]
    assert found["path"][0] == str(folder)
    assert not {"pydantic", "pytest", "jinja2"} & set(found["modules"])


def test_a_job_that_allocates_beyond_the_cap_ends_and_is_told(folder, monkeypatch):
    monkeypatch.setattr(client, "MEMORY_BYTES", 512 * 1024**2)
    with Worker(PYTHON, "reference", (folder,)) as worker:
        with pytest.raises(PtestError, match=r"MemoryError|died"):
            worker.call("worker_jobs:allocate", {"bytes": 1024**3})
        assert worker.call("worker_jobs:allocate", {"bytes": 1024**2}) == 1024**2


PARENT = """
import sys
from pathlib import Path
from production_testers.experiments.worker import Worker
worker = Worker(Path(sys.executable), "reference", (Path(sys.argv[1]),))
worker.call("worker_jobs:hang", {}, on_event=lambda e: print(e["pid"], e["worker"], flush=True))
"""


@pytest.mark.slow
def test_worker_and_child_die_with_a_parent_that_is_killed(folder):
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        child, worker = (int(pid) for pid in parent.stdout.readline().split())
        assert not is_gone(child)
        assert not is_gone(worker)
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.communicate()
    assert is_gone_soon(worker)
    assert is_gone_soon(child)
