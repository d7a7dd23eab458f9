"""Real loads in processes of their own; short ones."""

import os
import signal

import pytest
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

from production_testers.load import supervisor
from production_testers.load.arrivals import Shape, constant
from production_testers.load.documents import document, figures
from production_testers.load.histogram import HIGHEST_NS
from production_testers.load.hlog import logs
from production_testers.load.result import Result, percentiles_ms
from production_testers.model.errors import UsageError

pytestmark = pytest.mark.slow


def test_an_open_loop_counts_from_the_intended_start(load):
    """A target that stalls 0.1 s in every second has a true p99 of 90 ms, and a p50 of nothing."""
    result = load("stalls", shape=constant(300), duration_s=5.0, warm_up_s=0.0)
    assert percentiles_ms(result.latency)["p99_ms"] == pytest.approx(90, rel=0.25)
    assert result.completed == 1_500
    assert result.lateness.total == 1_500


def test_a_closed_loop_reports_both_latencies(load):
    result = load("wait_2_ms", concurrency=5)
    assert percentiles_ms(result.service)["p50_ms"] >= 2
    assert result.corrected.total >= result.service.total
    assert document(result, {})["latency_from"] == "send"
    assert result.lateness.total == 0


def test_think_time_is_part_of_no_latency_and_lowers_the_rate(load):
    result = load("trivial", concurrency=4, think_s=0.05, duration_s=1.5)
    assert percentiles_ms(result.service)["p50_ms"] < 40
    assert 20 < result.throughput <= 81


def test_failures_are_counted_apart_and_named(load):
    result = load("every_tenth_fails", shape=constant(200), warm_up_s=0.0)
    assert result.failures == 20
    assert result.errors == {"ValueError: the tenth": 20}
    assert result.completed == 180
    assert figures(result)["failed_percent"] == 10.0


def test_a_target_that_cancels_itself_has_failed_and_stops_nobody(load):
    result = load("cancels_itself", concurrency=2, duration_s=0.3)
    assert result.completed == 0
    assert set(result.errors) == {"CancelledError"}


def test_arrivals_beyond_what_may_be_under_way_are_dropped_and_said(plan):
    planned = plan("hangs", shape=constant(50), duration_s=0.5, drain_s=0.2, under_way_max=10)
    result = Result(load=supervisor.run(planned))
    told = document(result, {})
    assert (result.dropped, result.unfinished, result.completed) == (15, 10, 0)
    assert told["percentiles_are_lower_bounds"]


def test_arrivals_that_wait_for_their_turn_count_from_when_they_were_meant(load):
    result = load("hangs", shape=constant(20), concurrency=2, duration_s=1.0, drain_s=0.1)
    assert (result.not_sent, result.unfinished) == (18, 2)
    assert percentiles_ms(result.latency)["p50_ms"] == pytest.approx(550, rel=0.25)


def test_a_time_out_is_a_failure(load):
    result = load("hangs", concurrency=3, duration_s=0.4, timeout_s=0.1, warm_up_s=0.0)
    assert set(result.errors) == {"TimeoutError: "} or set(result.errors) == {"TimeoutError"}
    assert result.unfinished == 0


def test_bursts_come_at_once(load):
    result = load("wait_2_ms", shape=Shape(burst=(20, 0.5)), warm_up_s=0.0)
    assert result.completed == 40
    assert max(point.rate for point in result.series) >= 20 / result.plan.interval_s * 0.5


def test_tasks_that_a_target_leaves_behind_are_counted(load):
    assert document(load("leaves_a_task", concurrency=1), {})["resources"]["tasks_left"] == 1


def test_what_held_the_loop_up_is_named(load):
    result = load("blocks_the_loop", shape=constant(100), duration_s=1.0, warm_up_s=0.0)
    assert result.pauses("lag").max_ns > 100_000_000
    slow = [outlier for outlier in result.outliers if outlier.total_ms > 50]
    assert {outlier.cause for outlier in slow} <= {"loop blocked", "sent late"}
    for outlier in result.outliers:
        assert sum(outlier.parts_ms.values()) == pytest.approx(outlier.total_ms, abs=0.01)


def test_two_workers_share_the_load_and_their_histograms_are_merged(load):
    result = load("wait_2_ms", shape=constant(200), workers=2, warm_up_s=0.0)
    assert result.completed == 200
    assert len(result.load.workers) == 2
    assert all(abs(w.clock_offset_us) <= w.clock_error_us + 1 for w in result.load.workers)


def test_a_killed_worker_leaves_a_partial_result_that_says_so(plan):
    killed = []

    def kill(worker, _interval):
        if worker.number == 1 and len(worker.intervals) == 4 and not killed:
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    planned = plan("wait_2_ms", shape=constant(200), workers=2, warm_up_s=0.0, duration_s=1.5)
    result = Result(load=supervisor.run(planned, kill))
    assert len(result.partial) == 1
    assert f"worker 1 (pid {killed[0]})" in result.partial[0]
    assert "signal SIGKILL" in result.partial[0]
    told = document(result, {})
    assert told["partial"]
    assert 150 <= told["count"] < 280  # the other worker did all of its share
    assert told["throughput_tps"] < 190


def test_littles_law_holds_for_operations_that_wait(load):
    little = load("wait_2_ms", concurrency=8, duration_s=1.5).little
    assert little["under_way"] == pytest.approx(8, abs=0.2)
    assert little["ratio"] == pytest.approx(1, abs=0.1)


def test_the_logs_are_standard_ones(load, tmp_path):
    result = load("wait_2_ms", shape=constant(200), warm_up_s=0.0)
    text = logs(result)
    assert set(text) == {"latency.hlog", "service.hlog", "lateness.hlog"}
    (tmp_path / "latency.hlog").write_text(text["latency.hlog"])
    reference = HdrHistogram(1, HIGHEST_NS, 3)
    reader = HistogramLogReader(str(tmp_path / "latency.hlog"), reference)
    whole, begins = HdrHistogram(1, HIGHEST_NS, 3), []
    while (one := reader.get_next_interval_histogram()) is not None:
        whole.add(one)
        begins.append(one.get_start_time_stamp())
    assert whole.get_total_count() == result.completed == 200
    reader.close()
    assert begins == sorted(begins)
    assert whole.get_max_value() == result.latency.max_ns


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nothing_there", "cannot be imported"),
        ("value", "no async callable"),
        ("blocking", "is not async"),
        ("two", "needs 2 arguments"),
    ],
)
def test_a_target_that_cannot_be_used_is_told(load, name, told):
    with pytest.raises(UsageError, match=told):
        load(name, concurrency=1)


def test_a_load_that_the_user_stops_keeps_what_it_had_and_says_so(plan):
    def stop(worker, _interval):
        if len(worker.intervals) == 4:
            raise KeyboardInterrupt

    stopped = supervisor.run(plan("wait_2_ms", shape=constant(200), duration_s=20.0), stop)
    result = Result(load=stopped)
    assert stopped.interrupted
    assert result.partial[0] == "stopped by the user"
    assert "of 20 s" in result.partial[1]


def test_what_the_target_logs_is_counted_and_not_written(load):
    logs = load("logs_a_start", shape=constant(100), warm_up_s=0.0).logs
    assert logs["levels"] == {"WARNING": 150}
    assert logs["signatures"]["WARNING shop: order %s started"] == 100
    assert logs["starts_without_end"] == {"shop": 50}


def test_a_soak_has_longer_intervals_and_not_more_of_them(plan):
    assert plan("trivial", concurrency=1, duration_s=30.0).interval_s == 0.75
    assert plan("trivial", concurrency=1, duration_s=300.0).interval_s == 1.0
    assert plan("trivial", concurrency=1, duration_s=36_000.0).interval_s == 60.0
