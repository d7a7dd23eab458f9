"""What environment.json and run_config.json say of the system under test."""

import sys
from pathlib import Path

import pytest

from production_testers.cli.app import call
from production_testers.experiments.environments import Environment, Sut
from production_testers.experiments.recipes import recipe_for
from production_testers.phases import mission
from production_testers.phases.machine import describe_machine
from production_testers.workspace.run_folder import RunFolder


@pytest.mark.parametrize(
    ("packages", "version"),
    [
        ({"stageflow-core": "1.2.0", "uuid6": "2024.1.12"}, "1.2.0"),
        ({"uuid6": "1"}, None),
        ({}, None),
    ],
)
def test_dependencies_are_those_of_the_system_under_test(packages, version):
    document = describe_machine(
        Environment(python=Path(sys.executable), site_packages=None, packages=packages)
    ).as_json()
    assert document["dependencies"] == {**packages, "stageflow": version}


def configured(workspace, sut, version, **options):
    """What run_config.json would say of a run of a system whose adapter states that version."""
    entry = workspace.roadmap().entry("DAG-001")
    chosen = mission.Options(sut=Sut.parse(sut), **options)
    plan = mission._plan(recipe_for(entry.id), chosen)
    run = RunFolder(workspace.runs_folder / entry.id / "run-2026-01-14-001")
    config = mission._config(run, entry, chosen, {"version": version}, plan, "2026-01-14T09:00:00Z")
    return config.as_json()


@pytest.mark.parametrize(
    ("sut", "version", "stated"),
    [("stageflow-core==0.5.0", "0.5.0", "0.5.0"), ("reference", None, None)],
)
def test_the_version_is_that_of_stageflow_under_test(workspace, sut, version, stated):
    assert configured(workspace, sut, version)["stageflow_version"] == stated


def test_the_model_is_the_one_that_took_part(workspace):
    assert configured(workspace, "reference", None)["agent_model"] == "none"
    named = configured(workspace, "reference", None, model="any-model-1")
    assert named["agent_model"] == "any-model-1"


@pytest.mark.slow
def test_another_system_has_no_version_of_stageflow_and_no_model_took_part(
    workspace, monkeypatch, capsys
):
    monkeypatch.chdir(workspace.root)
    assert call(["new", "DAG-001", "--sut", "reference"]) == 0
    capsys.readouterr()
    (run,) = workspace.runs()
    config, environment = run.read_config().as_json(), run.read_environment().as_json()
    assert {"stageflow_version", "agent_model"} <= config.keys()
    assert (config["stageflow_version"], config["agent_model"]) == (None, "none")
    assert environment["dependencies"]["stageflow"] is None
    metadata = run.read_findings().metadata
    assert (metadata.stageflow_version, metadata.agent_model) == (None, "none")
