"""The examples of the simulation work, and so does every line of its guide.

Run as a script, this file writes into the guide what its commands print today.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/guide/simulation.md"
SHOWN_AS = "/tmp/shop"

BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def environment():
    """Where `python` and `pytest` are the ones that run this."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    of_ci = {"CI", "BUILD_NUMBER"}  # pytest prints longer summaries where one of them is set
    kept = {name: value for name, value in os.environ.items() if name not in of_ci}
    return {**kept, "PATH": path, "COLUMNS": "100"}


def output_of(command, folder):
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout.replace(str(folder), SHOWN_AS)


def filled(text, folder):
    """The guide with its files written to a folder, and its commands executed there."""

    def fill(block):
        language, body = block["language"], block["body"]
        if language == "python":
            (folder / body.partition("\n")[0].removeprefix("# ")).write_text(body)
        if language != "console":
            return block[0]
        commands = [line for line in body.splitlines() if line.startswith("$ ")]
        shown = "".join(f"{line}\n{output_of(line[2:], folder)}" for line in commands)
        return f"```console\n{shown}```"

    return BLOCK.sub(fill, text)


def without_figures(text):
    """What must not change without the guide: numbers, and which schedule found something, may."""
    kept = [
        line
        for line in text.splitlines()
        if not re.match(r"\s*(found by |\d+ schedules |\d+\.\d+ ms |1 failed, |LATE = )", line)
    ]
    return re.sub(r"[0-9a-f]{16}|\d+(\.\d+)?", "0", "\n".join(kept))


@pytest.mark.slow
def test_the_examples_of_the_simulation_pass():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "examples/simulation"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


@pytest.mark.slow
def test_every_block_of_the_guide_runs_and_prints_what_the_guide_shows(tmp_path):
    text = GUIDE.read_text()
    blocks = [block for block in BLOCK.finditer(text) if block["language"] == "python"]
    assert all(re.match(r"# \w+\.py\n", block["body"]) for block in blocks)
    assert without_figures(filled(text, tmp_path)) == without_figures(text)
    ran = " ".join(re.findall(r"^\$ .*", text, re.MULTILINE))
    assert [path.name for path in tmp_path.glob("*.py") if path.name not in ran] == []


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        GUIDE.write_text(filled(GUIDE.read_text(), Path(name).resolve()))
