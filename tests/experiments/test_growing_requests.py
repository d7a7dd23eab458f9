"""Planted: an application that keeps something of every request; a right one beside it."""

import sys
from pathlib import Path

import pytest

from production_testers.experiments.environments import Environment
from production_testers.experiments.worker import Worker
from production_testers.laws.target.keeps_nothing import LAW, REQUESTS
from production_testers.model.target import Target
from production_testers.phases.target import look_at

APPLICATION = """
SEEN, LAST = [], {}


def requests():
    return [{"number": number} for number in range(30)]


async def keeps(request):
    SEEN.append({"of": dict(request), "answer": [request["number"], str(request)]})
    return {"number": request["number"]}


async def remembers_the_last_of_each(request):
    LAST[request["number"]] = {"of": dict(request)}
    return {"number": request["number"]}
"""
UNITS = """
from production_testers.model.target import Target

UNITS = ("target",)
TARGET = Target.from_json({target!r}, path="pipelines/units.py")
"""


@pytest.mark.parametrize(
    ("name", "state"), [("keeps", "broken"), ("remembers_the_last_of_each", "holds")]
)
def test_what_is_kept_of_every_request_is_found_and_a_cache_is_none(name, state, tmp_path):
    (tmp_path / "shop_that_grows.py").write_text(APPLICATION)
    python = Path(sys.executable)
    plain = Target(
        object=f"shop_that_grows:{name}",
        folder=str(tmp_path),
        inputs="shop_that_grows:requests",
    )
    environment = Environment(python=python, site_packages=None, packages={})
    target = look_at(plain, environment, "reference").target
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "__init__.py").touch()
    (tmp_path / "pipelines" / "units.py").write_text(UNITS.format(target=target.as_json()))
    asked = {"shape": REQUESTS, "sizes": [400, 600]}
    with Worker(python, "reference", (tmp_path,)) as worker:
        told = worker.call("production_testers.experiments.jobs:cost", asked)
    verdict = told["verdicts"][LAW.id]
    assert verdict["state"] == state, verdict
    if state == "broken":
        assert verdict["outcome_class"] == "kept-per-request"
