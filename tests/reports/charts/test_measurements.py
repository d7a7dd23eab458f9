import pytest

from production_testers.reports.charts.measurements import latency, memory, throughput
from reports.charts.reading import axis_titles, marks, said, texts


def test_latency_names_its_percentiles_and_units(latency_document):
    chart = latency(latency_document())
    title, notes = said(chart)
    assert title == chart.title
    assert title == "Half of 2,000 executions took at most 20.0 ms, 99 of 100 at most 50.0 ms"
    assert "toyflow 1.0" in notes
    assert "50 callers" in notes
    assert len(marks(chart, "line")) == 4
    assert [point["ms"] for point in marks(chart, "point")] == [20.0, 40.0, 50.0]
    assert texts(chart) == ["p50 20.0 ms", "p95 40.0 ms", "p99 50.0 ms"]
    assert any("milliseconds" in axis for axis in axis_titles(chart))
    assert any("logarithmic" in axis for axis in axis_titles(chart))


def test_executions_that_never_ended_are_no_executions_that_took_at_most(latency_document):
    title = latency(latency_document(count=30, lower_bounds=70)).title
    assert title == "30 of 100 executions ended: half of all took, or had waited, 20.0 ms or more"


@pytest.mark.parametrize(("highest", "kind"), [(60.0, None), (6_000.0, "log")])
def test_latencies_far_apart_get_a_logarithmic_axis(latency_document, highest, kind):
    chart = latency(latency_document(max_ms=highest))
    assert chart.spec["layer"][0]["encoding"]["y"]["scale"].get("type") == kind


def test_a_percentile_beyond_the_last_execution_is_on_the_axis(latency_document):
    chart = latency(latency_document(percentiles=[[0.0, 1.0], [90.0, 2.0]]))
    lowest, highest = chart.spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert all(lowest <= point["behind"] < highest for point in marks(chart, "point"))


def test_throughput_shows_every_part_and_the_average(throughput_document):
    chart = throughput(throughput_document())
    title, notes = said(chart)
    assert "2,000 executions per second on average; between 1,000 and 3,000" in title
    assert "3 of 2,003 executions did not complete" in notes
    bars = [(bar["from"], bar["to"], bar["rate"]) for bar in marks(chart, "rect")]
    assert bars == [(0.0, 0.5, 1_000.0), (0.5, 1.0, 3_000.0)]
    assert texts(chart) == ["average 2,000"]
    assert "Time since the load began, seconds" in axis_titles(chart)
    assert "Executions per second" in axis_titles(chart)


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ((30.0, 31.0, 36.5), "Memory grew by 6.5 MB over 2,000 executions, to 36.5 MB"),
        ((30.0, 28.0), "Memory shrank by 2.0 MB over 2,000 executions, to 28.0 MB"),
        ((30.0, 30.01), "Memory did not change over 2,000 executions, to 30.0 MB"),
    ],
)
def test_memory_says_how_much_it_grew(memory_document, sizes, told):
    chart = memory(memory_document(*sizes))
    assert chart.title == told
    assert len(marks(chart, "line")) == len(sizes)
    assert "does not begin at 0" in said(chart)[1]
    assert "Resident memory of the processes, megabytes" in axis_titles(chart)


def test_a_small_change_of_memory_is_not_stretched(memory_document):
    chart = memory(memory_document(30.0, 30.01))
    low, high = chart.spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert high - low >= 4


@pytest.mark.parametrize("draw", [latency, throughput, memory])
def test_there_is_no_picture_of_what_was_not_measured(draw):
    assert draw({}) is None
