"""The guide to services and faults says what is true: its programs run, its plans can be used."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from production_testers.cli.app import app
from production_testers.mocks.faults import CATALOGUE, checked
from production_testers.model import fault_plan_format

GUIDE = Path(__file__).parents[2] / "docs/guide/services-and-faults.md"
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language):
    return [m["body"] for m in BLOCK.finditer(GUIDE.read_text()) if m["language"] == language]


@pytest.mark.slow
@pytest.mark.parametrize("body", blocks("python"), ids=lambda body: body.splitlines()[0][2:18])
def test_every_program_of_the_guide_runs(body):
    subprocess.run([sys.executable, "-c", body], check=True)


def test_every_plan_of_the_guide_can_be_used():
    plans = [json.loads(body) for body in blocks("json")]
    assert len(plans) == 1
    for plan in plans:
        checked(fault_plan_format.from_json(plan))


def test_the_guide_counts_the_kinds_and_names_commands_that_exist():
    text = GUIDE.read_text()
    assert f"the {len(CATALOGUE)} kinds of faults" in text
    for verb in re.findall(r"ptest faults ([\w-]+)", text):
        assert app["faults"][verb], verb
