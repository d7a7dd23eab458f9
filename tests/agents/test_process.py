"""A command and all that it starts, from its start to the end of the last of them."""

import os
import signal

import pytest

from production_testers.agents import process
from production_testers.agents.process import Call, run_command
from production_testers.model.errors import UsageError
from production_testers.workspace.transcript import Transcript

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a shell script; gives how it ended and what it said."""
    monkeypatch.setattr(process, "GRACE_S", 0.3)
    told = tmp_path / "told"
    told.write_text("the prompt\n")
    log = tmp_path / "run_20260114_090000_agent.log"

    def start(script, *, timeout_s=None, command=None):
        call = Call(
            command=command or ("sh", "-c", script),
            folder=tmp_path,
            environment={"PATH": os.environ["PATH"], "ONE": "1"},
            told=told,
            timeout_s=timeout_s,
        )
        with Transcript(log, {}) as transcript:
            ended = run_command(call, transcript)
        return ended, log.read_text()

    return start


def pids(text):
    return [int(word) for word in text.split() if word.isdigit()]


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_reads_what_it_is_told_and_both_streams_are_kept(run):
    ended, said = run("cat; echo problem >&2; pwd; echo $ONE; exit 7")
    assert (ended.exit_code, ended.timed_out, ended.left_behind) == (7, False, 0)
    assert said.splitlines()[:2] == ["the prompt", "problem"]
    assert said.splitlines()[-1] == "1"


def test_more_than_a_pipe_holds_is_kept(run):
    ended, said = run("head -c 300000 /dev/zero | tr '\\0' x")
    assert ended.exit_code == 0
    assert said == "x" * 300_000


def test_what_it_leaves_behind_is_ended(run):
    script = "sleep 60 & echo $!; setsid sh -c 'echo $$; sleep 60' & sleep 0.2; exit 0"
    ended, said = run(script)
    assert ended.exit_code == 0
    assert ended.left_behind >= 2
    assert len(pids(said)) == 2
    assert not any(is_there(pid) for pid in pids(said))


def test_when_its_time_is_over_all_of_it_is_ended(run):
    ended, said = run("echo $$; sleep 60 & echo $!; wait", timeout_s=0.3)
    assert ended.timed_out
    assert ended.exit_code == -signal.SIGTERM
    assert ended.seconds < 5
    assert len(pids(said)) == 2
    assert not any(is_there(pid) for pid in pids(said))


def test_what_does_not_end_when_it_is_asked_is_killed(run):
    ended, said = run("trap '' TERM; echo $$; while :; do sleep 0.05; done", timeout_s=0.3)
    assert ended.timed_out
    assert ended.exit_code == -signal.SIGKILL
    assert not is_there(pids(said)[0])


def test_it_may_put_things_in_order_when_it_is_asked_to_end(run):
    ended, said = run("trap 'echo tidy; exit 3' TERM; sleep 60 & wait", timeout_s=0.3)
    assert (ended.exit_code, said) == (3, "tidy\n")


def test_a_command_that_closes_its_streams_is_waited_for(run):
    ended, said = run("exec >&- 2>&-; sleep 0.4; exit 5")
    assert (ended.exit_code, said) == (5, "")
    assert ended.seconds >= 0.4


def test_an_interrupt_ends_everything_first(run, tmp_path):
    def interrupt(_number, _frame):
        raise KeyboardInterrupt

    earlier = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.4)
    try:
        with pytest.raises(KeyboardInterrupt):
            run("echo $$; sleep 60 & echo $!; wait")
    finally:
        signal.signal(signal.SIGALRM, earlier)
    said = (tmp_path / "run_20260114_090000_agent.log").read_text()
    assert len(pids(said)) == 2
    assert not any(is_there(pid) for pid in pids(said))


def test_processes_of_ours_are_left_alone(run):
    own = os.posix_spawn("/bin/sleep", ["sleep", "60"], os.environ)
    try:
        run("sleep 60 & exit 0")
        assert os.waitpid(own, os.WNOHANG) == (0, 0)
    finally:
        os.kill(own, signal.SIGKILL)
        os.waitpid(own, 0)


def test_a_program_that_cannot_be_started_is_named(run):
    with pytest.raises(UsageError, match="'/no/such/program' cannot be started"):
        run("", command=("/no/such/program",))
