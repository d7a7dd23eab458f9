import pytest

from production_testers.laws import LAWS
from production_testers.reports.charts.laws import laws
from production_testers.reports.charts.work import work
from reports.charts.reading import axis_titles, marks, said, texts

CHAIN, FAN_OUT = [[128, 100], [256, 400], [512, 1_600]], [[130, 100], [258, 220], [514, 462]]


def report(schedules, **told):
    return {"schedules": schedules, "laws": {law: dict(states) for law, states in told.items()}}


def test_growing_work_is_compared_with_what_the_law_allows(costs_document):
    chart = work(costs_document(chain=CHAIN, fan_out=FAN_OUT))
    assert "n^2.00 (chain) and n^1.08 (fan-out): more than the n^1.25" in chart.title
    lines = marks(chart, "line")
    assert sum(point["line"] == "counted" for point in lines) == 6
    bound = [p["lines"] for p in lines if p["shape"] == "chain" and p["line"] != "counted"]
    assert bound == [400, pytest.approx(400 * 2**1.25)]
    assert texts(chart) == ["chain: 1,600 lines, n^2.00", "fan-out: 462 lines, n^1.08"]
    assert axis_titles(chart) == {"Number of stages (n)", "Executed lines"}
    encoding = chart.spec["layer"][0]["encoding"]
    lowest, highest = encoding["y"]["scale"]["domain"]
    assert all(lowest < point["lines"] < highest for point in lines)
    assert {encoding[channel]["scale"]["type"] for channel in ("x", "y")} == {"log"}


@pytest.mark.parametrize(("state", "told"), [("holds", "within the"), ("unknown", "too small")])
def test_the_law_s_word_decides_what_is_said_of_growing_work(costs_document, state, told):
    assert told in work(costs_document(state, chain=CHAIN)).title


@pytest.mark.parametrize("points", [[], [[128, 100]], [[128, 0], [256, 0]]])
def test_there_is_no_picture_of_work_without_two_sizes(costs_document, points):
    assert work(costs_document(chain=points)) is None
    assert work({}) is None


def test_every_law_stands_beside_every_kind():
    chart = laws(
        {
            "baseline": report(50, **{"dag/runs-once": {"exercised": 1_234, "holds": 50}}),
            "chaos": report(
                200,
                **{
                    "dag/runs-once": {"exercised": 900, "broken": 8, "holds": 190, "unknown": 2},
                    "scale/depth": {"exercised": 0, "unknown": 200},
                    "dag/outcome-allowed": {"exercised": 70, "explained": 7, "holds": 193},
                },
            ),
        }
    )
    cells = {(cell["law"], cell["kind"]): cell["told"] for cell in marks(chart, "rect")}
    assert cells == {
        ("dag/runs-once", "baseline"): "1,234",
        ("dag/runs-once", "chaos"): "broken: 8 of 198",
        ("scale/depth", "baseline"): "—",
        ("scale/depth", "chaos"): "—",
        ("dag/outcome-allowed", "baseline"): "—",
        ("dag/outcome-allowed", "chaos"): "70 *",
    }
    assert chart.title == (
        "1 of 3 laws were broken in 250 schedules; 2 of 3 had something to judge, 2,204 things"
        " in all"
    )
    assert "another law was broken" in said(chart)[1]
    order = chart.spec["layer"][0]["encoding"]["y"]["sort"]
    assert order == [law for law in LAWS if law in order]


def test_a_run_without_a_break_says_how_hard_it_looked():
    chart = laws({"chaos": report(200, **{"dag/runs-once": {"exercised": 900, "holds": 200}})})
    assert chart.title.startswith("No law was broken in 200 schedules; 1 of 1 had something")
    assert "another law" not in said(chart)[1]


def test_there_is_no_picture_of_laws_that_nothing_asked():
    assert laws({}) is None
    assert laws({"chaos": report(0)}) is None
