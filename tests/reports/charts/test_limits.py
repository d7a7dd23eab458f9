import json

import pytest

from production_testers.load.analysis.growth import Growth
from production_testers.load.analysis.usl import Law, Scaling
from production_testers.reports.charts import limits
from production_testers.reports.charts.chart import BLACK
from production_testers.reports.charts.drawing import Drawn
from production_testers.reports.charts.measurements import timeline
from production_testers.reports.charts.page import dark, page
from reports.charts.reading import axis_titles, marks, said, texts


def trial(rate, met, p99=10.0):
    return {"rate": rate, "p50_ms": 1.0, "p99_ms": p99, "met": met, "why": []}


def make_search(**fields):
    return {
        "target": "shop:order",
        "targets": {"p99_ms": 50.0},
        "sustainable_tps": 900.0,
        "missed_from_tps": 940.0,
        "trials": [trial(500, met=True), trial(900, met=True), trial(940, met=False, p99=80.0)],
        **fields,
    }


def test_the_picture_of_a_search_names_the_rate_and_shows_every_trial():
    chart = limits.rate(make_search())
    assert chart.title == "900 a second met p99_ms = 50; 940 did not"
    points = marks(chart, "point")
    assert {(p["rate"], p["state"]) for p in points} == {
        *((500, "met"), (900, "met"), (940, "missed")),
    }
    assert any("milliseconds" in axis for axis in axis_titles(chart))


def test_a_search_that_found_no_rate_says_so():
    assert limits.rate(make_search(sustainable_tps=None)).title == "No rate met p99_ms = 50"
    assert limits.rate(make_search(trials=[trial(5, met=False)])) is None


def test_the_picture_of_a_sweep_has_the_law_and_the_knee():
    law = Law(alone=100, contention=0.1, coherency=0.01)
    sizes = (1, 2, 4, 8)
    scaling = Scaling(
        points={n: [law.throughput(n)] * 2 for n in sizes},
        latencies_ms={n: [1_000 * n / law.throughput(n)] * 2 for n in sizes},
    )
    chart = limits.scaling({"target": "shop:order", **scaling.document(seed=0)})
    assert len(marks(chart, "point")) == 8
    curve = marks(chart, "line")
    assert curve[-1]["tps"] == pytest.approx(law.throughput(8), rel=0.01)
    assert any(text.startswith("knee ") for text in texts(chart))
    assert "contention 0.1" in said(chart)[1]


def test_the_picture_of_growth_says_whether_the_prediction_came_true():
    growth = Growth(quantity="stages", costs={n: [20.0 * n] * 3 for n in (10, 30, 100, 300)})
    chart = limits.growth({"target": "toyflow", **growth.document(seed=0)})
    assert "grows like n^1.00" in chart.title
    assert "confirmed" in said(chart)[1]
    assert marks(chart, "line")[-1]["us"] == pytest.approx(6_000, rel=0.01)


def test_the_timeline_shows_what_was_there(throughput_document, memory_document):
    chart = timeline(throughput_document(), memory_document(30.0, 31.0))
    shown = {point["what"] for point in marks(chart, "line")}
    assert shown == {"latency p50", "latency p99", "loop late by"}  # no garbage was collected
    assert "late by 2 ms" in chart.title
    assert timeline({}, {}) is None


def test_on_a_dark_ground_nothing_stays_black(throughput_document, memory_document):
    chart = timeline(throughput_document(), memory_document(30.0, 31.0))
    assert BLACK in json.dumps(chart.spec)
    assert BLACK not in json.dumps(dark(chart.spec))


def test_a_page_escapes_what_it_is_told_and_needs_no_network(monkeypatch):
    monkeypatch.setattr("production_testers.reports.charts.page.bundle", lambda: "x = '</script>'")
    chart = limits.rate(make_search(target="</script><b>"))
    text = page("<order>", [("a<b", "1")], [chart], Drawn(vectors={"rate": "<svg></svg>"}))
    assert "&lt;order&gt;" in text
    assert text.count("</script>") == 2  # those that end the page's own scripts
    assert "src=" not in text
    assert "<noscript><svg></svg></noscript>" in text
