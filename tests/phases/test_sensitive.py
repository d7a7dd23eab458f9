"""Sensitive files of a run are named and quoted nowhere but in themselves."""

import pytest

from phases.tiny import ENTRY, silent
from production_testers.experiments.environments import Sut
from production_testers.phases import mission

pytestmark = pytest.mark.slow
SECRET = "Ann Example, 1970-01-01"


def test_no_report_names_or_quotes_a_sensitive_file(workspace, quick):
    options = mission.Options(sut=Sut.parse("reference"))
    entry = workspace.roadmap().entry(ENTRY)
    run = mission.scaffold(workspace, entry, options, silent).run
    hidden = {
        run.mock_data / "happy_path" / "sensitive_patients_valid_10.json",
        run.mock_data / "sensitive_more" / "patients_valid_10.json",
    }
    for path in hidden:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'[{{"name": "{SECRET}"}}]')
    mission.resume(workspace, run, silent)
    assert run.read_findings().metadata.status.value == "completed"
    written = [path for path in run.path.rglob("*") if path.is_file() and path not in hidden]
    assert run.final_report in written
    for path in written:
        data = path.read_bytes()
        assert b"sensitive_" not in data, path
        assert SECRET.encode() not in data, path
