"""Memory that is kept of runs is counted, whatever the way in which they end."""

import asyncio

import pytest

from detection.executors import KeepsEveryRun, Planted, PlantedAdapter
from production_testers.experiments.growing import WAYS, kept, pipeline_for
from production_testers.experiments.jobs import cost
from production_testers.laws.cost.kept_per_run import CLASS_OF, RUNS, kept_per_run
from production_testers.model.semantics import Capability

ignored = lambda _event: None  # noqa: E731 - nobody listens


def test_every_way_of_ending_has_a_way_of_breaking_the_law_and_a_name_of_its_kind():
    assert set(WAYS) == set(CLASS_OF)
    assert all(way.startswith(RUNS) for way in WAYS)


def test_the_pipeline_of_nested_runs_has_one_in_its_third_stage():
    assert [stage.nested is not None for stage in pipeline_for("runs_nested").stages] == [
        False, False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_point_is_told_for_every_number_of_runs(way):
    points = kept(PlantedAdapter(Planted), way, (5, 10), ignored)
    assert [point.size for point in points] == [5, 10]
    assert {point.what for point in points} == {way}


def test_each_kept_run_is_seen():
    small, large = kept(PlantedAdapter(KeepsEveryRun), "runs_completed", (100, 200), ignored)
    assert kept_per_run(small, large) > 1


def test_what_a_framework_does_not_offer_is_not_counted(monkeypatch):
    adapter = PlantedAdapter(Planted)
    described = adapter.describe()
    offered = {c: None for c in described.capabilities if c is not Capability.STATUS_CANCEL}
    lacking = type(described)(name="planted", version=None, capabilities=offered)
    monkeypatch.setattr(adapter, "describe", lambda: lacking)
    answer = cost(adapter, {"shape": "runs_cancelled", "sizes": [5, 10]}, ignored)
    assert answer == {"points": [], "verdicts": {}}


def test_tasks_that_are_left_over_are_no_memory_that_is_kept():
    class LeavesTasks(Planted):
        """Every run leaves a task that never ends."""

        async def run(self):
            task = asyncio.create_task(asyncio.sleep(3_600))
            await asyncio.sleep(0)
            assert not task.done()
            return await super().run()

    small, large = kept(PlantedAdapter(LeavesTasks), "runs_completed", (100, 400), ignored)
    assert kept_per_run(small, large) < 1
