"""A script plays a usage on the stock event loop as the simulation did, for every unit."""

from contextlib import suppress
from itertools import islice
from random import Random

import pytest

from production_testers.evidence.defect import Defect
from production_testers.evidence.repro.script import Claim, NoScriptError, write_script
from production_testers.evidence.repro.trying import try_script
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.worker import Worker
from production_testers.laws import LAWS
from production_testers.model.scenario import Kind, Latencies, using
from production_testers.model.scenario_format import to_json
from production_testers.suts.reference.units import MADE
from production_testers.units import UNITS

pytestmark = [pytest.mark.registry, pytest.mark.slow]

SUT, RELEASE = "stageflow-core", "1.2.0"
SCENARIOS = 12
CALLS_MAX = 6


@pytest.fixture(scope="module")
def python():
    return prepare(Sut(name=SUT, version=RELEASE)).python


def scripts(unit, worker):
    """Scripts of the first small usages, as a break of the unit's first law would have one."""
    law = next(law for law in LAWS.values() if law.units and unit in law.units)
    for seed in range(SCENARIOS):
        usage = UNITS[unit].draw(Random(seed), Kind.BASELINE)
        if len(usage.calls) > CALLS_MAX:
            continue
        raw = to_json(using(Kind.BASELINE, usage, latencies=Latencies(fixed={"*": 1.0})))
        told = worker.call("production_testers.experiments.jobs:replay", {"scenario": raw})
        if told["not_offered"]:
            continue
        defect = Defect(
            law=law.id,
            outcome_class=next(iter(law.classes)),
            component="",
            features=(),
            fingerprint="",
            verdict={"summary": "as planted", "run": ""},
            exhibit={"scenario": raw},
            digest="",
            sut={"name": SUT, "version": RELEASE},
        )
        with suppress(NoScriptError):  # too long to paste
            yield write_script(defect, told["history"], Claim(title="T", source="", sut=SUT))


@pytest.mark.parametrize("unit", MADE)
def test_a_script_ends_the_calls_as_the_simulation_did(unit, python, tmp_path):
    with Worker(python, SUT) as worker:
        written = list(islice(scripts(unit, worker), 2))
    if not written:
        return  # too long for a bug report, or not offered: nothing to play
    path = tmp_path / "repro.py"
    played = []
    for script in written:
        path.write_text(script)
        played.append(try_script(python, path))
    assert any(tried.exit_code == 1 for tried in played), played
    assert all(tried.exit_code in (0, 1) for tried in played), played


def test_a_script_does_not_show_what_was_not_observed(python, tmp_path):
    with Worker(python, SUT) as worker:
        script = next(scripts("retry", worker))
    path = tmp_path / "repro.py"
    path.write_text(script.replace("'returned'", "'cancelled'").replace("'raised'", "'cancelled'"))
    assert try_script(python, path).exit_code == 0
