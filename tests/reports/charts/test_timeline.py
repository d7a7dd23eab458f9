import pytest

from production_testers.reports.charts.lanes import LANES_MAX
from production_testers.reports.charts.squeezing import Axis
from production_testers.reports.charts.timeline import timeline
from reports.charts.reading import axis_titles, marks, said, texts

OK, COMPLETED = {"status": "ok"}, {"outcome": "completed"}


def words(chart):
    """Lane → how it ended, as the two columns say below their heads."""
    found = {}
    for layer in chart.spec["layer"]:
        if layer["mark"]["type"] == "text":
            for row in layer["data"]["values"]:
                found[row.get("middle")] = (row.get("name"), row.get("words"))
    heads, *lanes = (found[middle] for middle in sorted(found.keys() - {None}))
    assert heads == ("Run and its stages", "How it ended")
    return lanes


def by_mark(chart, mark):
    return [point for point in marks(chart, "point") if point["mark"] == mark]


@pytest.fixture
def never_ran(history):
    """The run completes; its second stage was never executed."""
    return history(
        (0, "run_started", "r0", "", {}),
        (1, "stage_started", "r0", "s0", {}),
        (2, "fault_fired", "r0", "s0", {"fault": "skip"}),
        (3, "stage_ended", "r0", "s0", OK),
        (4, "run_ended", "r0", "", COMPLETED),
    )


def test_runs_and_stages_are_lanes_over_virtual_time(defect, never_ran):
    chart = timeline("CORE-001-BUG-001", defect(events=(4,)), never_ran)
    title, notes = said(chart)
    assert chart.name == "timeline_CORE-001-BUG-001"
    assert title == "CORE-001-BUG-001: s1 of r0 never ran"
    assert "dag/runs-once" in notes
    assert words(chart) == [
        ("run r0", "completed"),
        ("s0", "ok (fault: skip)"),
        ("s1", "never started"),
    ]
    assert axis_titles(chart) == {"Virtual time since the start, milliseconds"}
    bars = [row for row in marks(chart, "rect") if "ending" in row]
    assert [(bar["from"], bar["to"], bar["ending"]) for bar in bars] == [
        (0, 4, "ended well"),
        (1, 3, "ended well"),
    ]


def test_the_events_of_the_break_are_marked(defect, never_ran):
    chart = timeline("X", defect(events=(3, 4)), never_ran)
    pointed = by_mark(chart, "event that shows the break")
    assert [(point["from"], int(point["middle"])) for point in pointed] == [(4, 0), (3, 1)]
    (fault,) = by_mark(chart, "fault fires")
    assert (fault["from"], int(fault["middle"])) == (2, 1)


def test_a_stage_that_never_ran_is_outlined_as_long_as_its_run_lasted(defect, never_ran):
    chart = timeline("X", defect(), never_ran)
    (outline,) = (
        layer["data"]["values"]
        for layer in chart.spec["layer"]
        if layer["mark"].get("fillOpacity") == 0
    )
    assert [(row["from"], row["to"], int(row["top"])) for row in outline] == [(0, 4, 2)]


def test_every_way_of_ending_has_its_own_colour_and_words(defect, history):
    chart = timeline(
        "X",
        defect(stages=5),
        history(
            (0, "run_started", "r0", "", {}),
            *((1, "stage_started", "r0", f"s{n}", {}) for n in range(5)),
            (2, "stage_ended", "r0", "s0", OK),
            (2, "stage_raised", "r0", "s1", {}),
            (2, "stage_stopped", "r0", "s2", {}),
            (2, "stage_ended", "r0", "s3", {"status": "retry"}),
            (3, "run_cancelled", "r0", "", {}),
            (4, "run_ended", "r0", "", {"outcome": "cancelled"}),
        ),
    )
    assert words(chart) == [
        ("run r0", "cancelled"),
        ("s0", "ok"),
        ("s1", "raised"),
        ("s2", "stopped from outside"),
        ("s3", "retry"),
        ("s4", "never ended"),
    ]
    (colours,) = (
        layer["encoding"]["color"]["scale"]
        for layer in chart.spec["layer"]
        if layer["encoding"].get("color", {}).get("field") == "ending"
    )
    assert len(set(colours["range"])) == len(colours["domain"]) == 5
    assert [point["from"] for point in by_mark(chart, "caller cancels the run")] == [3]


def test_executions_of_one_stage_share_a_lane(defect, history):
    told = history(
        (0, "stage_started", "r0", "s0", {}),
        (1, "stage_ended", "r0", "s0", {"status": "retry"}),
    )
    again = [
        type(event)(seq=n + 2, time_ns=event.time_ns + 5, kind=event.kind, run="r0", stage="s0")
        for n, event in enumerate(told)
    ]
    chart = timeline("X", defect(stages=1), type(told)((*told, *again)))
    assert words(chart)[1][1].startswith("retry, ")
    assert len([row for row in marks(chart, "rect") if "ending" in row]) == 2


def test_too_many_lanes_leave_out_those_that_say_least(defect, history):
    stages = 2 * LANES_MAX
    last = f"s{stages - 1}"
    chart = timeline(
        "X",
        defect(events=(3,), stages=stages, runs=("r0", "r1")),
        history(
            (0, "run_started", "r0", "", {}),
            (0, "run_started", "r1", "", {}),
            (0, "stage_started", "r1", last, {}),
            (1, "stage_raised", "r1", last, {}),
        ),
    )
    shown = words(chart)
    assert len(shown) == LANES_MAX
    assert (last, "raised") in shown
    assert ("run r1", "never ended") in shown
    assert (
        f"{2 * (stages + 1) - LANES_MAX} of {2 * (stages + 1)} lanes are left out."
        in said(chart)[1]
    )


def test_a_nested_run_is_a_lane_of_its_own(defect, history):
    chart = timeline(
        "X",
        defect(stages=1),
        history(
            (0, "run_started", "r0", "", {}),
            (1, "run_started", "r0/s0", "s0", {"parent": "r0"}),
            (2, "run_ended", "r0/s0", "s0", COMPLETED),
            (3, "run_ended", "r0", "", COMPLETED),
        ),
    )
    assert ("run r0/s0", "completed") in words(chart)


def test_a_long_wait_is_squeezed_and_says_so(defect, history):
    chart = timeline(
        "X",
        defect(stages=1),
        history(
            (0, "run_started", "r0", "", {}),
            (2, "stage_started", "r0", "s0", {}),
            (600_000, "stage_raised", "r0", "s0", {}),
            (600_001, "run_ended", "r0", "", COMPLETED),
        ),
    )
    assert any("599,998 ms pass (not to scale)" in text for text in texts(chart))
    bars = [row for row in marks(chart, "rect") if "ending" in row]
    assert max(bar["to"] for bar in bars) == pytest.approx(6)


def test_an_axis_squeezes_one_wait_and_keeps_the_order():
    axis = Axis.over([0, 1, 2, 1_000, 1_002])
    assert axis.wait == (2, 1_000)
    places = [axis.at(moment) for moment in (0, 1, 2, 500, 1_000, 1_001, 1_002)]
    assert places == sorted(places)
    assert places[4] - places[2] == pytest.approx(4)  # as long as all the rest
    assert axis.ticks[-1] == pytest.approx(axis.at(1_000))


@pytest.mark.parametrize("moments", [[5], [0, 1, 2], [0.0, 0.005, 1.005, 1.01]])
def test_an_axis_without_a_long_wait_is_left_alone(moments):
    axis = Axis.over(moments)
    assert axis.wait is None
    assert axis.ticks is None
    assert [axis.at(moment) for moment in moments] == moments


def test_there_is_no_timeline_without_a_scenario_or_a_history(defect, history, never_ran):
    assert timeline("X", defect(exhibit={"shape": "chain", "sizes": [8, 16]}), never_ran) is None
    assert timeline("X", defect(), history()) is None


def test_a_long_title_is_cut_after_three_lines(defect, never_ran):
    verdict = {"summary": "word " * 200, "events": [], "run": ""}
    chart = timeline("X", defect(verdict=verdict), never_ran)
    lines = chart.spec["title"]["text"]
    assert len(lines) == 3
    assert lines[-1].endswith("…")
