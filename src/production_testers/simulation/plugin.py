"""Pytest's marker `simulate`: an async test runs under many schedules.

    @pytest.mark.simulate(schedules=300, faults=Faults(cancel=True))
    async def test_transfers_keep_the_sum(): ...

Arguments are those of `explore`, which ends at the first failure unless `stop_at_first=False`;
fixtures are made once and reach every execution, so what a test changes belongs into the test.
`--simulate-seed` and `--simulate-schedules` override them.
"""

import inspect
import unittest
from functools import partial
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the marker."""
    group = parser.getgroup("simulate", "deterministic simulation of async tests")
    group.addoption("--simulate-seed", type=int, default=None, help="seed of every exploration")
    group.addoption(
        "--simulate-schedules", type=int, default=None, help="schedules of every exploration"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marker is known, so that --strict-markers accepts it."""
    config.addinivalue_line(
        "markers",
        "simulate(schedules=200, seed=0, model=None, strategies=None, faults=None, ...):"
        " run the async test under many schedules; see production_testers.simulation.explore",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A method of a `unittest.TestCase` is called by unittest, and would not be explored."""
    owner = getattr(item, "cls", None)
    if item.get_closest_marker("simulate") and owner and issubclass(owner, unittest.TestCase):
        message = f"simulate: {item.name} belongs to a unittest.TestCase; use a plain class."
        pytest.fail(message, pytrace=False)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object | None:
    """Explore instead of calling once."""
    marker = pyfuncitem.get_closest_marker("simulate")
    if marker is None:
        return None
    function = pyfuncitem.obj
    if type(pyfuncitem).__module__.startswith("pytest_asyncio"):  # its automatic mode wraps all
        function = getattr(function, "__wrapped__", function)
    if not inspect.iscoroutinefunction(function):
        pytest.fail(f"simulate: {pyfuncitem.name} is not an async function.", pytrace=False)
    if marker.args:
        pytest.fail("simulate: arguments are named, as in schedules=300.", pytrace=False)
    names = inspect.signature(function).parameters
    arguments = {name: value for name, value in pyfuncitem.funcargs.items() if name in names}
    _explore(partial(function, **arguments), pyfuncitem.config, dict(marker.kwargs))
    return True


def _explore(program: Any, config: pytest.Config, options: dict[str, Any]) -> None:
    from production_testers.model.errors import UsageError  # noqa: PLC0415
    from production_testers.simulation import explore  # noqa: PLC0415

    for name in ("seed", "schedules"):
        stated = config.getoption(f"--simulate-{name}")
        if stated is not None:
            options[name] = stated
    options.setdefault("stop_at_first", True)
    known = set(inspect.signature(explore).parameters) - {"program"}
    unknown = sorted(set(options) - known)
    if unknown:
        pytest.fail(f"simulate: there is no option {unknown[0]!r}.", pytrace=False)
    try:
        found = explore(program, **options)
    except UsageError as error:
        pytest.fail(str(error), pytrace=False)
    for failure in found.failures:  # whoever skips does so under every schedule
        if failure.problem.summary.startswith("Skipped"):
            pytest.skip(failure.problem.summary.partition(": ")[2])
    if not found.ok:
        pytest.fail(str(found), pytrace=False)
