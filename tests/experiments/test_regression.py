"""The test that a team keeps fails on the faulty application and passes on the mended one."""

import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest

from production_testers.evidence.defect import Defect
from production_testers.evidence.repro.regression import regression_test
from production_testers.experiments.regression import seen_in_target
from production_testers.model import scenario_format
from production_testers.model.errors import UsageError
from production_testers.model.scenario import Kind, using
from production_testers.model.target import Promises, ServiceSpec, Target
from production_testers.model.usage import Call, Usage

CONFIG = """
[target]
object = "app:handle"
inputs = "app:requests"

[target.services.pay]
factory = "app:Pay"
effects = ["charge"]
deduplicates_by = "key"

[target.promises]
idempotent = "order"
"""
APPLICATION = """
import asyncio
import uuid

class Pay:
    async def charge(self, *, key):
        return {"charged": True}

def requests():
    return [{"order": "o-1"}]

async def handle(request, pay):
    return await asyncio.wait_for(pay.charge(key=KEY), 1)
"""
MENDED = APPLICATION.replace("KEY", 'request["order"]')
FAULTY = APPLICATION.replace("KEY", "str(uuid.uuid4())")

TARGET = Target(
    object="app:handle",
    folder="/nowhere",
    inputs="app:requests",
    records=1,
    services={"pay": ServiceSpec(factory="app:Pay", effects=("charge",), deduplicates_by="key")},
    promises=Promises(idempotent="order"),
    stages={"handle": "/nowhere/app.py:12"},
)
TWICE = Usage(
    unit="target",
    settings={"target": TARGET.as_json(), "control": False},
    calls=(
        Call(key="c0.0", client="c0", operation="handle", arguments={"record": 0}),
        Call(key="c0.1", client="c0", operation="handle", arguments={"record": 0}),
    ),
)
DEFECT = Defect(
    law="target/effects-once",
    outcome_class="repeated",
    component="app.handle",
    features=(),
    fingerprint="0" * 16,
    verdict={"summary": "twice"},
    exhibit={"scenario": scenario_format.to_json(using(Kind.BASELINE, TWICE))},
    digest="",
    sut={"name": "reference", "version": None},
    kinds={},
    origin={},
)


@pytest.fixture
def application(tmp_path):
    (tmp_path / "ptest.toml").write_text(CONFIG)
    (tmp_path / "tests").mkdir()
    text = regression_test("FIN-001-BUG-001", 'Paid "twice"', DEFECT)
    (tmp_path / "tests" / "test_fin_001_bug_001.py").write_text(text)

    def with_code(code):
        (tmp_path / "app.py").write_text(textwrap.dedent(code))
        return tmp_path

    return with_code


def run(folder):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return subprocess.run(
        [*command, "tests"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_it_fails_on_the_faulty_application_and_says_why(application):
    done = run(application(FAULTY))
    assert done.returncode == 1
    assert "request 0 was made 2 times, and pay.charge had its effect 2 times" in done.stdout


def test_it_passes_on_the_mended_one(application):
    done = run(application(MENDED))
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout


def test_it_is_skipped_where_nothing_is_judged_any_more(application):
    folder = application(MENDED.replace("pay.charge(key=", "asyncio.sleep(0, "))
    assert "1 skipped" in run(folder).stdout


def test_it_names_no_folder_of_the_machine_it_was_found_on():
    text = regression_test("FIN-001-BUG-001", "Paid twice", DEFECT)
    assert "/nowhere" not in text
    assert "def test_fin_001_bug_001():" in text


def test_what_no_scenario_shows_has_none():
    counted = replace(DEFECT, exhibit={"shape": "requests", "sizes": [1, 2]})
    assert regression_test("X-1-BUG-001", "Kept", counted) is None


def test_without_a_configuration_it_says_where_to_put_it(tmp_path):
    with pytest.raises(UsageError, match=r"No ptest.toml stands in the folder of"):
        seen_in_target(
            DEFECT.exhibit["scenario"],
            DEFECT.law,
            DEFECT.outcome_class,
            sut="reference",
            near=str(tmp_path / "test_x.py"),
        )
