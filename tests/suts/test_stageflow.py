"""The stageflow adapter on real releases, each in an environment of its own."""

import pytest

from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.worker import Worker
from production_testers.model.errors import SutUnavailableError

VERSIONS = ("1.2.0", "1.1.0", "0.5.0")

pytestmark = [pytest.mark.registry, pytest.mark.slow]


def call(version: str, job: str):
    environment = prepare(Sut.parse(f"stageflow-core=={version}"))
    with Worker(environment.python, "stageflow-core") as worker:
        assert worker.sut["version"] == version
        return worker.call(job, {})


@pytest.mark.parametrize("version", VERSIONS)
def test_the_adapter_conforms_on_every_release(version):
    assert call(version, "production_testers.suts.conformance:job") == []


@pytest.mark.parametrize(("version", "offered"), [("1.2.0", True), ("0.5.0", False)])
def test_time_outs_are_offered_only_where_they_are_applied(version, offered):
    description = call(version, "production_testers.experiments.jobs:describe")
    assert ("stage_timeout" in description["capabilities"]) is offered


def test_releases_stand_side_by_side():
    environments = [prepare(Sut.parse(f"stageflow-core=={version}")) for version in VERSIONS]
    assert len({environment.python for environment in environments}) == len(VERSIONS)
    assert [e.packages["stageflow-core"] for e in environments] == list(VERSIONS)


def test_a_version_that_does_not_exist_is_unavailable():
    with pytest.raises(SutUnavailableError, match=r"99\.99\.99"):
        prepare(Sut.parse("stageflow-core==99.99.99"))
