"""Stand-alone scripts find the program wherever it lies, and say when they do not."""

import ast
import subprocess
import sys
import textwrap
from functools import partial

import pytest

from production_testers.simulation import (
    Detector,
    Fault,
    FaultKind,
    Hold,
    Limits,
    Schedule,
    UsageError,
    explore,
    in_words,
    standalone,
)
from production_testers.simulation.standalone import POLLING_S
from simulation.programs import races, scripted

PROGRAM = """
from {store} import LEFT

async def fails():
    assert LEFT, "nothing is \\\\N left"

class Shop:
    @staticmethod
    async def fails():
        await fails()
"""


def write(root, package):
    folder = root.joinpath(*package)
    folder.mkdir(parents=True, exist_ok=True)
    dotted = "".join(f"{part}." for part in package)
    (folder / "shop_store.py").write_text("LEFT = []\n")
    (folder / "shop_orders.py").write_text(
        textwrap.dedent(PROGRAM.format(store=f"{dotted}shop_store"))
    )
    return f"{dotted}shop_orders"


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The stand-alone script of a program in a package; gives its exit code and what it prints."""

    def run(package, name, *, move=False):
        module_name = write(tmp_path, package)
        monkeypatch.syspath_prepend(str(tmp_path))
        found = module = __import__(module_name, fromlist=["fails"])
        for part in name.split("."):
            found = getattr(found, part)
        text = standalone(found, Schedule()).text
        del sys.modules[module.__name__]
        if move:
            tmp_path.joinpath(*package, "shop_orders.py").unlink()
        path = tmp_path / "elsewhere" / "show.py"
        path.parent.mkdir()
        path.write_text(text)
        done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr, text

    return run


@pytest.mark.slow
@pytest.mark.parametrize("package", [(), ("shop_app", "inner")], ids=["a module", "a package"])
@pytest.mark.parametrize("name", ["fails", "Shop.fails"])
def test_the_program_is_found_and_its_failure_shows(script, package, name):
    code, printed, text = script(package, name)
    assert (code, printed) == (1, "it AssertionError\n")
    assert len(text.splitlines()) < 100


@pytest.mark.slow
def test_a_program_that_is_no_longer_there_is_no_failure(script):
    code, printed, _ = script((), "fails", move=True)
    assert code == 2
    assert "fails of shop_orders cannot be loaded: ModuleNotFoundError" in printed


# What a script shows


def shows(text, path):
    """The exit codes with the delays and without, and what the script prints with them."""
    path.write_text(text)
    done = [
        subprocess.run(
            [sys.executable, path, *more], capture_output=True, text=True, check=False, timeout=60
        )
        for more in ([], ["--without-delays"])
    ]
    assert done[0].stderr == ""
    return [one.returncode for one in done], done[0].stdout.strip()


PROGRAMS = {
    "a lost update": (races.lost_update_across_an_await_timed, "it AssertionError"),
    "a deadlock": (races.ab_ba_deadlock_timed, "it hangs"),
    "a call in a thread": (scripted.call_in_a_thread_loses, "it AssertionError"),
    "tasks of a callback": (scripted.spawned_by_a_callback, "it AssertionError"),
    "a cancellation": (scripted.ends_cancelled, "it CancelledError"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("program", "printed"), PROGRAMS.values(), ids=PROGRAMS)
def test_stock_asyncio_fails_with_the_delays_and_not_without(program, printed, tmp_path):
    found = explore(program, schedules=100, model="strict", stop_at_first=True, isolate=False)
    (failure,) = found.failures
    script = standalone(program, failure.schedule)
    assert script.robustness == 1
    assert shows(script.text, tmp_path / "show.py") == ([1, 0], printed)


@pytest.mark.slow
def test_a_lost_exception_shows_too(tmp_path):
    found = explore(scripted.loses_an_exception, schedules=60, model="strict", isolate=False)
    (failure,) = found.failures
    assert failure.problem.detector is Detector.EXCEPTION_LOST
    codes, printed = shows(
        standalone(scripted.loses_an_exception, failure.schedule).text, tmp_path / "s.py"
    )
    assert codes == [1, 0]
    assert printed == "it returned Task exception was never retrieved"


@pytest.mark.slow
def test_scripts_of_all_timed_races_are_short_and_need_nothing_but_python():
    seen = 0
    for name, needs in races.NEEDS.items():
        if needs != "timing":
            continue
        program = races.PROGRAMS[name]
        found = explore(program, schedules=100, stop_at_first=True, isolate=False)
        script = standalone(program, found.failures[0].schedule)
        assert len(script.text.splitlines()) < 100, name
        assert script.robustness >= 0.9, name
        imported = {
            alias.name.partition(".")[0]
            for node in ast.walk(ast.parse(script.text))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert imported <= sys.stdlib_module_names
        for line in in_words(script.schedule):
            assert line in script.text
        seen += 1
    assert seen == 9


def test_a_program_that_only_polls_is_watched_for_a_while():
    script = standalone(scripted.polls, Schedule(), limits=Limits(passes=3_000))
    assert f"PATIENCE_S = {POLLING_S}\n" in script.text
    assert f"PATIENCE_S = {POLLING_S}\n" not in standalone(scripted.waits, Schedule()).text


# What cannot be shown


def local():
    async def program():
        raise ValueError("always")

    return program


@pytest.mark.parametrize(
    ("program", "schedule", "message"),
    [
        (scripted.fails, Schedule(holds=(Hold(task="main", step=1),)), "the failure is latent"),
        (
            scripted.fails,
            Schedule(faults=(Fault(kind=FaultKind.CLOCK, seconds=1.0),)),
            "the schedule has faults; stock asyncio has none",
        ),
        (scripted.thread_answers_late, Schedule(), "does not fail under this schedule"),
        (scripted.forgets, Schedule(), "a script cannot show never-awaited"),
        (local(), Schedule(), r"cannot be imported\. Name a function of a module"),
        (lambda: None, Schedule(), "cannot be imported"),
        (partial(scripted.fails), Schedule(), "cannot be imported"),
    ],
    ids=["latent", "faults", "no failure", "no sign", "local", "lambda", "partial"],
)
def test_what_a_script_cannot_show_is_refused_in_one_line(program, schedule, message):
    with pytest.raises(UsageError, match=message) as caught:
        standalone(program, schedule)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("standalone: ")
