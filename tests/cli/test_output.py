"""Standard output that nobody reads to its end, or that has no room."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from production_testers.cli.output import show

pytestmark = pytest.mark.slow

FULL = Path("/dev/full")


@pytest.fixture
def long_roadmap(workspace):
    """A workspace whose roadmap does not fit into a pipe."""
    text = workspace.roadmap_file.read_text()
    row = next(line for line in text.splitlines() if line.startswith("| CORE-001 "))
    rows = [row.replace("CORE-001", f"CORE-{number}") for number in range(1000, 3000)]
    workspace.roadmap_file.write_text(text.replace(row, "\n".join([row, *rows])))
    return workspace


def ptest(workspace, *arguments, **streams):
    command = [sys.executable, "-m", "production_testers", *arguments]
    return subprocess.Popen([*command, "--workspace", str(workspace.root)], text=True, **streams)


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_a_reader_that_has_enough_ends_the_command_without_a_word(long_roadmap, option):
    pipe = subprocess.PIPE
    with ptest(long_roadmap, "roadmap", "list", *option, stdout=pipe, stderr=pipe) as command:
        command.stdout.readline()
        command.stdout.close()
        assert command.stderr.read() == ""
    assert command.returncode == 141


def test_a_short_answer_that_nobody_waits_for_is_no_error_either(workspace):
    read, write = os.pipe()
    os.close(read)
    with ptest(workspace, "runs", "list", stdout=write, stderr=subprocess.PIPE) as command:
        os.close(write)
        assert command.stderr.read() == ""
    assert command.returncode == 141


def test_errors_that_nobody_reads_keep_their_exit_code(workspace):
    read, write = os.pipe()
    os.close(read)
    with ptest(workspace, "roadmap", "show", "CORE-1", stderr=write) as command:
        os.close(write)
    assert command.returncode == 64


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("verb", [("roadmap", "list"), ("runs", "list", "--json"), ("--help",)])
def test_a_full_disk_behind_standard_output_is_one_clear_line(workspace, verb):
    with (
        FULL.open("w") as full,
        ptest(workspace, *verb, stdout=full, stderr=subprocess.PIPE) as command,
    ):
        err = command.stderr.read()
    assert command.returncode == 70
    assert err.startswith("ptest: ")
    assert err.count("\n") == 1
    assert "No space left on device" in err


def test_what_no_encoding_can_say_is_shown_as_an_escape(capsys):
    show("a\ud800b")
    assert capsys.readouterr().out == "a\\ud800b\n"
