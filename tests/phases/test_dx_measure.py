import sys
from pathlib import Path

import pytest

from production_testers.phases.dx import (
    BlockOutcome,
    Outside,
    Share,
    execute_blocks,
    measure,
    readme_blocks,
)
from production_testers.phases.dx.measure import import_seconds
from production_testers.phases.dx.subject import run_program

PYTHON = Path(sys.executable)


@pytest.fixture
def measured(toyflow):
    return measure(toyflow, None)


def test_the_surface_is_counted(measured):
    surface = measured.surface
    assert surface.names == 7
    assert surface.names_repeated == ("start",)
    assert surface.names_private == ("_secret",)
    assert surface.names_unresolved == ("lost",)
    assert surface.names_documented == Share(3, 4)
    assert surface.names_undocumented == ("Sink",)
    assert surface.methods_documented == Share(0, 2)
    assert surface.methods_undocumented == ("Engine.execute", "Sink.emit")
    assert surface.extension_points == ("Sink",)
    assert surface.ships_types


def test_parameters_without_annotation_are_counted(measured):
    assert measured.surface.parameters_annotated == Share(5, 6)


def test_failures_are_counted(measured):
    failures = measured.failures
    assert failures.exceptions_informative == Share(1, 2)
    assert failures.exceptions_bare == ("Silent",)
    assert failures.raises_with_value == Share(1, 2)
    assert failures.raises_chained == Share(1, 2)
    assert failures.raises_unchained == failures.raises_without_value
    assert failures.raises_unchained[0].startswith("toyflow/engine.py:")


def test_the_readme_is_held_against_the_metadata(measured):
    first, second = measured.contradictions
    assert "Zero Dependencies" in first
    assert first.endswith("requires wheels>=2")
    assert second.endswith("this is release 1.2.0")


def test_what_is_not_run_is_not_measured(measured):
    assert measured.outside == Outside()
    assert measured.readme_code_blocks == 1
    assert measured.doc_files == 1


def test_examples_in_another_markup_are_not_measured(install):
    sut = install(
        {"toyflow/__init__.py": "", "toy_flow-1.2.0.dist-info/METADATA": "Name: t\n\nHi\n"}
    )
    assert measure(sut, None).readme_code_blocks is None


def test_what_comes_from_outside_goes_first(toyflow):
    extra = Outside(import_seconds=9.0, readme_blocks_total=4, readme_blocks_ok=1)
    assert measure(toyflow, None, extra).outside == extra


def test_only_python_fences_are_blocks():
    text = "```python\na = 1\n```\n\n```bash\nls\n```\n\n- item\n\n  ```py\n  b = 2\n  ```\n"
    assert readme_blocks(text) == ("a = 1\n", "b = 2\n")


@pytest.mark.slow
def test_blocks_are_told_apart():
    results = execute_blocks(
        PYTHON,
        (
            "import json\nwidget = json.loads('1')\n",
            "print(widget)\n",
            "print(nobody_defined_this)\n",
            "x = = 1\n",
            "open('...')\nimport_me(...)\n",
            "raise SystemExit(3)\n",
        ),
    )
    assert [result.outcome for result in results] == [
        BlockOutcome.OK,
        BlockOutcome.FRAGMENT,
        BlockOutcome.FAILS,
        BlockOutcome.FRAGMENT,
        BlockOutcome.FRAGMENT,
        BlockOutcome.FAILS,
    ]
    assert results[2].error == "NameError: name 'nobody_defined_this' is not defined"
    assert results[5].error == "exit code 3"
    assert results[0].first_line == "import json"


@pytest.mark.slow
def test_a_block_that_hangs_is_stopped():
    (result,) = execute_blocks(PYTHON, ("import time\ntime.sleep(60)\n",), timeout_s=0.5)
    assert result.outcome is BlockOutcome.FAILS
    assert result.error == "did not end within 0.5 s"


@pytest.mark.slow
def test_a_program_gets_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("PTEST_SECRET", "x")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    ended = run_program(
        PYTHON,
        "import os, sys\nprint('PTEST_SECRET' in os.environ, '/nowhere' in sys.path, os.listdir())",
        timeout_s=10,
    )
    assert ended.out.startswith("False False")
    assert ended.code == 0


@pytest.mark.slow
def test_an_import_is_timed_or_not_measured():
    assert 0 < import_seconds(PYTHON, "json") < 5
    assert import_seconds(PYTHON, "no_such_module_here") is None
