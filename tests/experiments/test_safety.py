"""A guarded process reaches nothing but itself, loopback and its temporary folder."""

import json
import subprocess
import sys

import pytest

TRIED = """
import json, os, shutil, socket, subprocess, sys, tempfile
from pathlib import Path
from production_testers.experiments import safety

home = sys.argv[1]
said = {}
folder = safety.guard(("allowed.example",))

def tried(name, what):
    try:
        what()
        said[name] = "done"
    except PermissionError as error:
        said[name] = str(error)
    except OSError as error:
        said[name] = f"tried: {type(error).__name__}"

def connects(host):
    with socket.socket() as one:
        one.settimeout(0.05)
        one.connect((host, 9))

tried("writes in its folder", lambda: Path("note.txt").write_text("x"))
tried("removes it", lambda: os.remove("note.txt"))

def uses_a_temporary_folder():
    with tempfile.TemporaryDirectory() as name:
        os.mkdir("kept")  # what is removed in there must not be taken for this one
        Path(name, "kept").mkdir()
        Path(name, "kept", "note.txt").write_text("x")

def removes_below_an_open_folder():
    descriptor = os.open(home, os.O_RDONLY)
    os.remove("kept.txt", dir_fd=descriptor)

tried("uses a temporary folder", uses_a_temporary_folder)
tried("removes below an open folder", removes_below_an_open_folder)
tried("writes elsewhere", lambda: Path(home, "note.txt").write_text("x"))
tried("appends elsewhere", lambda: open(Path(home, "kept.txt"), "a"))
tried("removes elsewhere", lambda: os.remove(Path(home, "kept.txt")))
tried("renames out", lambda: os.rename("a", Path(home, "b")))
tried("reads elsewhere", lambda: Path(home, "kept.txt").read_text())
tried("connects out", lambda: connects("192.0.2.1"))
tried("connects to itself", lambda: connects("127.0.0.1"))
tried("looks up", lambda: socket.getaddrinfo("mail.example.org", 25))
tried("starts a program", lambda: subprocess.run(["true"]))
tried("starts a shell", lambda: os.system("true"))
said["refused"] = len(safety.REFUSED)
said["folder"] = os.getcwd() == str(folder)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "kept.txt").write_text("kept")
    done = subprocess.run(
        [sys.executable, "-c", TRIED, str(home)], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    told["left"] = sorted(path.name for path in home.iterdir())
    return told


@pytest.mark.parametrize(
    "what",
    ["writes in its folder", "removes it", "uses a temporary folder", "reads elsewhere"],
)
def test_what_stays_in_the_process_is_let(said, what):
    assert said[what] == "done"


def test_loopback_is_let(said):
    assert said["connects to itself"] == "tried: ConnectionRefusedError"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("writes elsewhere", "may not write"),
        ("appends elsewhere", "may not write"),
        ("removes elsewhere", "may not change"),
        ("renames out", "may not change"),
        ("connects out", "may not connect to 192.0.2.1 (--allow-host 192.0.2.1 lets it)"),
        ("looks up", "may not look up mail.example.org"),
        ("starts a program", "may not start"),
        ("starts a shell", "may not start"),
    ],
)
def test_what_reaches_the_world_is_refused_at_the_line_that_asks(said, what, words):
    assert words in said[what]


def test_everything_refused_is_noted_and_nothing_has_happened(said):
    assert said["refused"] >= 8
    assert said["folder"]
    assert said["left"] == ["kept.txt"]
