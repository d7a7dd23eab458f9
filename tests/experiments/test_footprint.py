"""What an execution changes in its process is told, and put back."""

import logging
import os
import signal
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import pytest

from production_testers.experiments.footprint import footprint


def changes():
    os.environ["PLANTED"] = "1"
    os.environ.pop("PATH")
    sys.path.insert(0, "planted")
    tracemalloc.start()
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger().addHandler(logging.NullHandler())
    signal.signal(signal.SIGUSR1, lambda *_: None)


def test_what_was_changed_is_told_and_put_back():
    path, handlers = os.environ["PATH"], list(logging.getLogger().handlers)
    with footprint() as found:
        changes()
    assert set(found.changed) == {
        "os.environ[PLANTED]",
        "os.environ[PATH]",
        "sys.path",
        "tracing of memory",
        "level of the root logger",
        "handlers of the root logger",
        "handler of SIGUSR1",
    }
    assert "PLANTED" not in os.environ
    assert os.environ["PATH"] == path
    assert "planted" not in sys.path
    assert not tracemalloc.is_tracing()
    assert logging.getLogger().handlers == handlers
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL
    with footprint() as again:
        pass
    assert again.changed == ()


def test_files_are_told_where_nobody_made_the_folder_for_executions(tmp_path):
    given = Path(tempfile.mkdtemp(prefix="ptest-given-"))
    with footprint() as found:
        (tmp_path / "a.txt").write_text("1")
        (tmp_path / "a.txt").read_text()
        (tmp_path / "a.txt").write_text("2")
        (given / "b.txt").write_text("1")
        Path(os.devnull).write_text("1")
        (tmp_path / "c").mkdir()
        with tempfile.TemporaryDirectory(prefix="ptest-given-") as name:
            Path(name, "d.txt").write_text("1")  # which is removed below an open folder
    assert found.files == [f"writes {tmp_path / 'a.txt'}", f"changes {tmp_path / 'c'}"]


def test_an_execution_that_fails_is_looked_at_too():
    def failing():
        with footprint() as found:
            sys.path.append("planted")
            kept.append(found)
            raise RuntimeError("planted")

    kept = []
    with pytest.raises(RuntimeError):
        failing()
    assert kept[0].changed == ("sys.path",)
    assert "planted" not in sys.path


def test_a_process_that_looks_for_its_temporary_folder_meanwhile_does_not_wait_for_itself():
    program = (
        "import tempfile\n"
        "from production_testers.experiments.footprint import footprint\n"
        "with footprint():\n"
        "    tempfile.tempdir = None\n"
        "    tempfile.gettempdir()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
