from production_testers.load import otlp
from production_testers.load.plan import Plan
from production_testers.load.result import Result
from production_testers.load.supervisor import Load, WorkerReport

EMPTY = ["", ""]


def make_result(runs):
    interval = {
        "service": EMPTY,
        "traces": [
            {
                "run": f"r{n}",
                "start": 1_000 + n,
                "end": 9_000 + n,
                "ended": "completed" if n else "failed",
                "spans": [["first", 2_000, 3_000], ["second", 3_000, 8_000]],
            }
            for n in range(runs)
        ],
        "unfinished": 0,
        "resources": {"from_ns": 1_000, "to_ns": 10_000},
    }
    worker = WorkerReport(number=0, intervals=[interval] if runs else [], ended="")
    plan = Plan(target={}, words="x", duration_s=1.0, concurrency=1)
    return Result(load=Load(plan=plan, start_ns=1_000, workers=[worker]))


def spans_of(document):
    return document["resourceSpans"][0]["scopeSpans"][0]["spans"]


def test_an_execution_is_a_trace_and_its_stages_are_spans_in_it():
    spans = spans_of(otlp.traces(make_result(2), "toyflow 1.0", 5_000_000))
    roots = [span for span in spans if not span["parentSpanId"]]
    assert [root["name"] for root in roots] == ["run r0", "run r1"]
    assert [root["status"]["code"] for root in roots] == [2, 1]
    assert roots[0]["startTimeUnixNano"] == "5000000"  # the load's start, on the wall clock
    children = [span for span in spans if span["parentSpanId"] == roots[0]["spanId"]]
    assert [child["name"] for child in children] == ["stage first", "stage second"]
    assert {child["traceId"] for child in children} == {roots[0]["traceId"]}
    assert len({span["spanId"] for span in spans}) == len(spans)
    assert all(len(span["traceId"]) == 32 and len(span["spanId"]) == 16 for span in spans)


def test_few_of_many_are_kept_and_none_of_none():
    spans = spans_of(otlp.traces(make_result(500), "toyflow 1.0", 0))
    assert 40 <= sum(not span["parentSpanId"] for span in spans) <= otlp.TRACES_MAX
    assert otlp.traces(make_result(0), "toyflow 1.0", 0) is None
