"""The pipelines of a recipe exercise the laws that its title needs, which the reference keeps."""

import importlib
import sys
from collections import Counter

import pytest

from production_testers.experiments.copying import copy_pipelines
from production_testers.experiments.imports import units_module
from production_testers.experiments.jobs import draw
from production_testers.experiments.judging import run_and_judge
from production_testers.experiments.recipes import RECIPES
from production_testers.laws import LAWS
from production_testers.suts.reference import ReferenceAdapter

SHARE = 25
"""One schedule in so many of each kind is executed, and at least one."""

SHARE_OF_UNITS = 4
"""The same where most schedules use units, which take a millisecond."""


@pytest.fixture
def forget_pipelines():
    """Another test may have imported a run folder's; the next one shall not get these."""
    _forget()
    yield
    _forget()


def _forget():
    for name in [n for n in sys.modules if n.partition(".")[0] in ("pipelines", "mocks")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    getattr(units_module, "cache_clear", lambda: None)()


@pytest.mark.slow
@pytest.mark.usefixtures("forget_pipelines")
@pytest.mark.parametrize("name", sorted(RECIPES))
def test_the_laws_of_a_title_are_exercised_and_hold_on_the_reference(
    name, pristine, tmp_path, monkeypatch
):
    recipe, adapter = RECIPES[name], ReferenceAdapter()
    copy_pipelines(pristine / "templates", recipe, tmp_path / "pipelines")
    services = pristine / "templates" / "test_utilities" / "services"
    for folder in ("mocks", "mocks/services"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    for path in services.glob("*.py"):
        (tmp_path / "mocks" / "services" / path.name).write_text(path.read_text())
    monkeypatch.syspath_prepend(str(tmp_path))
    sut, judged, complaints = adapter.describe(), Counter(), []
    for kind, planned in recipe.schedules.items():
        count = max(1, planned // (SHARE_OF_UNITS if recipe.units else SHARE))
        for index in range(count):
            one = run_and_judge(adapter, sut, draw(kind, 0, index))
            complaints += [f"{kind} {index} {law}: {v.summary}" for law, v in one.broken.items()]
            for law, verdict in one.verdicts.items():
                judged[law] += verdict.exercised * planned / count
    assert complaints == []
    for requirement in recipe.requires:
        if not LAWS[requirement.law].needs_costs:
            assert judged[requirement.law] >= requirement.minimum, requirement.law


def test_pipelines_are_shared_with_an_entry_that_has_its_own():
    owners = {recipe.pipelines for recipe in RECIPES.values()} - {""}
    assert {"CORE-001", "ROUTE-001"} <= owners
    assert all(RECIPES[owner].folder == owner for owner in owners)
