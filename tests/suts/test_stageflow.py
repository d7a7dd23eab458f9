"""The stageflow adapter on real releases, each in an environment of its own."""

import pytest

from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.releases import releases_of
from production_testers.experiments.worker import Worker
from production_testers.laws import LAWS
from production_testers.model.errors import SutUnavailableError

VERSIONS = ("1.2.0", "1.1.0", "0.5.0")
EVERY = releases_of("stageflow-core")
LOOKING = """
from production_testers.suts.stageflow import adapter

def job(_adapter, _arguments, _emit):
    return [type(one).__name__ for one in adapter._deduplicating()]
"""

pytestmark = [pytest.mark.registry, pytest.mark.slow]


def call(version: str, job: str):
    environment = prepare(Sut.parse(f"stageflow-core=={version}"))
    with Worker(environment.python, "stageflow-core") as worker:
        assert worker.sut["version"] == version
        return worker.call(job, {})


@pytest.mark.parametrize("version", EVERY)
def test_the_adapter_conforms_on_every_release(version):
    assert call(version, "production_testers.suts.conformance:job") == []


@pytest.mark.parametrize(
    ("capability", "since"),
    [("stage_timeout", "0.9.6"), ("idempotency", "0.9.6"), ("nested_pipelines", "0.9.5")],
)
def test_a_capability_is_offered_from_the_release_on_that_lets_callers_have_it(capability, since):
    at = EVERY.index(since)
    for version, offered in ((EVERY[at - 1], False), (since, True)):
        description = call(version, "production_testers.experiments.jobs:describe")
        assert (capability in description["capabilities"]) is offered, version


@pytest.mark.parametrize(("version", "offered"), [("1.2.0", True), ("0.5.0", False)])
def test_time_outs_are_offered_only_where_they_are_applied(version, offered):
    description = call(version, "production_testers.experiments.jobs:describe")
    assert ("stage_timeout" in description["capabilities"]) is offered


NEAREST = """
from production_testers.suts.stageflow.words import nearest

def job(adapter, _arguments, _emit):
    found = adapter.describe().words
    return {way: way in found and found[way].line for way, _ in nearest()}
"""


def test_the_words_nearest_to_a_way_stand_in_the_release_and_name_a_way_of_a_law(tmp_path):
    (tmp_path / "looking_nearer.py").write_text(NEAREST)
    environment = prepare(Sut.parse("stageflow-core==1.2.0"))
    with Worker(environment.python, "stageflow-core", (tmp_path,)) as worker:
        lines = worker.call("looking_nearer:job", {})
    assert all(lines.values()), lines
    for way in lines:
        law, _, outcome_class = way.partition(": ")
        assert outcome_class in LAWS[law].classes, way


def test_releases_stand_side_by_side():
    environments = [prepare(Sut.parse(f"stageflow-core=={version}")) for version in VERSIONS]
    assert len({environment.python for environment in environments}) == len(VERSIONS)
    assert [e.packages["stageflow-core"] for e in environments] == list(VERSIONS)


def test_a_version_that_does_not_exist_is_unavailable():
    with pytest.raises(SutUnavailableError, match=r"99\.99\.99"):
        prepare(Sut.parse("stageflow-core==99.99.99"))


@pytest.mark.parametrize("version", ["0.9.6", "1.2.0"])
def test_idempotency_is_not_added_where_the_framework_has_it_by_default(version, tmp_path):
    """Two such interceptors lock each other out: runs would be blocked by our own doing."""
    (tmp_path / "looking.py").write_text(LOOKING)
    environment = prepare(Sut.parse(f"stageflow-core=={version}"))
    with Worker(environment.python, "stageflow-core", (tmp_path,)) as worker:
        names = worker.call("looking:job", {})
    assert names.count("IdempotencyInterceptor") == 1
