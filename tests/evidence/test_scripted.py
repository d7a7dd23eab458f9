"""A script as evidence: what it must not do, how it ends, and what that says."""

import sys
from pathlib import Path

import pytest

from production_testers.evidence.repro.trying import try_script
from production_testers.evidence.scripted import ask, feature, mistakes_in, run, what_it_hides

ROOTS = ("stageflow",)


@pytest.mark.parametrize(
    "text",
    [
        "import stageflow, sys, asyncio\nsys.exit(1)",
        "try:\n    from stageflow import dag\nexcept ImportError:\n    raise SystemExit(2)",
    ],
)
def test_the_framework_and_the_standard_library_hide_nothing(text):
    assert what_it_hides(text, ROOTS) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import pydantic", "it imports 'pydantic' in line 2"),
        ("from production_testers import testing", "it imports 'production_testers' in line 2"),
        ("from . import other", "it imports '.' in line 2"),
        ("import importlib.metadata as m", "it uses importlib in line 2"),
        ("import subprocess", "it uses subprocess in line 2"),
        ("print(stageflow.__version__)", "it uses __version__ in line 2"),
        ("from stageflow import __version__ as v", "it uses __version__ in line 2"),
        ("eval('1')", "it uses eval in line 2"),
        ("__import__('numpy')", "it uses __import__ in line 2"),
    ],
)
def test_what_hides_the_reason_is_told_with_its_line(line, expected):
    assert what_it_hides(f"import stageflow\n{line}\n", ROOTS) == [expected]


def test_a_script_without_the_framework_shows_nothing_of_it():
    assert what_it_hides("raise SystemExit(1)", ROOTS) == ["it does not import stageflow"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1", []),
        ("def f(:", ["line 1: no Python: invalid syntax"]),
        ("x\0", ["$: no Python: source code string cannot contain null bytes"]),
        ("#" * 100_001, ["$: 100,001 characters; 100,000 are too many to read"]),
    ],
)
def test_what_is_no_script_is_told_with_its_place(text, expected):
    assert mistakes_in(text) == expected


def test_comments_make_no_other_script():
    assert feature("x = 1") == feature("# why\nx  =  1\n") != feature("x = 2")
    assert feature("x = 1").startswith("script:")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("print('it went on'); raise SystemExit(1)", 1, "it went on"),
        ("print('all well')", 0, "all well"),
        ("import sys; sys.exit(1)", 2, "it ended with 1 and did not say why; "),
        ("print('so far'); 1 / 0", 2, "ZeroDivisionError: division by zero"),
        ("print('so far'); import nothing_of_that_name", 2, "ModuleNotFoundError"),
        ("import os; os.kill(os.getpid(), 9)", -9, ""),
        ("print(__name__, __file__[-9:])", 0, "__main__ script.py"),
    ],
)
def test_only_a_script_that_says_so_shows_something(tmp_path, text, code, said):
    (tmp_path / "script.py").write_text(text)
    tried = try_script(Path(sys.executable), tmp_path / "script.py")
    assert tried.exit_code == code
    assert said in tried.said


def judged(text):
    arguments = {"script": text, "law": "a/b", "outcome_class": "c"}
    return run(None, arguments, None)["verdicts"]["a/b"]


@pytest.mark.slow
def test_how_it_ends_is_the_verdict():
    ends = {1: "broken", 0: "holds", 2: "unknown", 7: "unknown"}
    for code, state in ends.items():
        verdict = judged(f"print('seen'); raise SystemExit({code})")
        assert (verdict["state"], verdict["exercised"]) == (state, int(code in (0, 1)))
        assert verdict["summary"] == f"the script ended with {code}: seen"
    assert judged("print(1); raise SystemExit(1)")["outcome_class"] == "c"


@pytest.mark.slow
def test_elsewhere_one_run_that_shows_it_is_enough_and_three_must_not(tmp_path):
    count = tmp_path / "count"
    grows = f"open({str(count)!r}, 'a').write('x'); n = len(open({str(count)!r}).read())\n"
    for ends, answer, runs in (("0", "holds", 3), ("n == 2", "broken", 2), ("2", "unknown", 1)):
        count.write_text("")
        told = ask({"script": f"{grows}print('run', n)\nraise SystemExit(int({ends}))"})
        assert (told["answer"], told["timings"]) == (answer, runs)
