"""One run a session of pytest: over several run folders it ends with one sentence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import production_testers
from production_testers.experiments.session import one_run_a_session

TEMPLATES = Path(production_testers.__file__).parent / "workspace/root/templates/test_utilities"
SENTENCE = "One run a session: pytest was started over several run folders"


@pytest.fixture
def folders(tmp_path):
    """Two run folders of an entry, with what scaffolding copies and one test of their own."""
    made = [tmp_path / "CORE-001" / f"run-2026-01-14-00{number}" for number in (1, 2)]
    for folder in made:
        files = {
            "config/run_config.json": "{}",
            "tests/__init__.py": "",
            "tests/pytest.ini": (TEMPLATES / "tests/pytest.ini").read_text(),
            "tests/conftest.py": (TEMPLATES / "tests/conftest.py").read_text(),
            "tests/test_correctness.py": "def test_where(services):\n    assert services\n",
            "mocks/fixtures/conftest.py": (TEMPLATES / "fixtures/conftest.py").read_text(),
            **{
                f"mocks/services/{path.name}": path.read_text()
                for path in (TEMPLATES / "services").glob("*.py")
            },
        }
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        (folder / "config/run_config.json").write_text('{"test_parameters": {"seed": 1}}')
    return made


def pytest_over(*arguments, cwd):
    """Runs pytest in a process of its own; gives its exit code and all it said."""
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("below", ["", "tests", "tests/test_correctness.py::test_where"])
def test_two_run_folders_end_with_one_sentence(folders, below):
    arguments = [f"{folder}/{below}" for folder in folders]
    code, said = pytest_over(*arguments, cwd=folders[0].parent)
    assert code == pytest.ExitCode.USAGE_ERROR
    line = said.splitlines()[0]
    assert line.startswith(f"ERROR: {SENTENCE}")
    assert str(folders[0]) in line
    assert str(folders[1]) in line
    assert "Traceback" not in said
    assert "Mismatch" not in said


@pytest.mark.slow
def test_so_does_the_folder_above_both(folders):
    code, said = pytest_over(cwd=folders[0].parent)
    assert code != 0
    assert said.count(SENTENCE) == 1
    assert "ERROR" not in said


@pytest.mark.slow
def test_one_run_folder_is_tested_from_wherever(folders):
    assert pytest_over("tests/", cwd=folders[0])[0] == 0
    assert pytest_over(folders[1], cwd=folders[0].parent)[0] == 0
    shutil.rmtree(folders[1])
    assert pytest_over(cwd=folders[0].parent.parent)[0] == 0


def test_what_else_pytest_registers_is_of_no_interest():
    one_run_a_session(object())
