"""`ptest findings add --script`: other releases are its control; without one it is no finding."""

import pytest

from phases.tiny import ENTRY
from production_testers.evidence import pipeline
from production_testers.phases.ranging import told_apart
from production_testers.workspace.documents import Finding, FindingStatus
from production_testers.workspace.proposals import proposals_of
from production_testers.workspace.states import StateLog
from production_testers.workspace.validation import validate_run

LAW, WAY = "lifecycle/nothing-left-running", "after-failure"
OLD, NEW = "0.7.0", "1.2.0"
# What came in between stands for a defect: the gates are asked, not the framework.
CAME = "import stageflow.pipeline.dag as dag\nnew = hasattr(dag, 'PipelineResults')\n"
SHOWS = f"{CAME}print('it is there' if new else 'gone')\nraise SystemExit(int(new))\n"
ALWAYS = "import stageflow\nprint('always')\nraise SystemExit(1)\n"
QUICK = "if 0:\n    import stageflow\n"


@pytest.fixture
def add(quick, ptest, workspace, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "RELEASES", {"stageflow-core": (OLD, NEW)})
    assert ptest("new", ENTRY, "--sut", f"stageflow-core=={NEW}").code == 0

    def propose(text, *more, way=WAY):
        (tmp_path / "script.py").write_text(text)
        address = workspace.runs()[0].address
        stated = ("--law", LAW, *(("--way", way) if way else ()))
        return ptest("findings", "add", address, *stated, "--script", tmp_path / "script.py", *more)

    return propose


@pytest.mark.slow
@pytest.mark.registry
def test_what_another_release_does_not_show_is_attributed_and_promoted(add, workspace, ptest):
    said = add(SHOWS, "--json")
    assert (said.code, said.json["state"]) == (0, "promoted"), said.json["reason"]
    run = workspace.runs()[0]
    (finding,) = run.read_findings().findings
    folder = run.evidence_of(finding.id)
    states = {one.state: one for one in StateLog(folder).read()}
    assert list(states) == [
        *("proposed", "minimised", "reproduced", "attributed", "verified", "ranged"),
    ]
    assert states["attributed"].detail.startswith(f"the same text ends with 0 on {OLD}")
    assert "10 of 10" in states["verified"].detail
    assert (
        finding.evidence["range"]["words"] == f"Last good {OLD}, first bad {NEW}; still in {NEW}."
    )
    assert "no law judged what it saw" in finding.description
    assert (folder / "repro.py").read_text() == SHOWS
    assert validate_run(run) == ()
    assert ptest("replay", finding.id).code == 1
    assert ptest("replay", finding.id, "--sut", f"stageflow-core=={OLD}").code == 0
    again = add(f"# the same\n{SHOWS}", "--json")
    assert (again.code, again.json["state"], again.json["finding"]) == (1, "duplicate", finding.id)
    shrunk = ptest("shrink", finding.id)
    assert shrunk.code == 64
    assert "kept as it was written" in shrunk.err


@pytest.mark.slow
@pytest.mark.registry
def test_what_shows_on_every_release_is_not_attributed_and_never_confirmed(add, workspace):
    said = add(ALWAYS, "--json")
    assert (said.code, said.json["state"], said.json["finding"]) == (2, "undecided", None)
    assert said.json["reason"].startswith("not attributed: no release tells")
    run = workspace.runs()[0]
    assert run.read_findings().findings == ()
    assert proposals_of(run)[0].script == ALWAYS


@pytest.mark.slow
@pytest.mark.registry
def test_what_does_not_show_every_time_is_turned_down_with_its_numbers(add, tmp_path):
    file = tmp_path / "count"
    file.touch()
    counts = f"open({str(file)!r}, 'a').write('x'); n = len(open({str(file)!r}).read())\n"
    for text, state, code, words in (
        (f"{QUICK}print('fine')", "rejected", 1, "0 of 5 runs end with 1; the script ended with 0"),
        (f"{QUICK}1 / 0", "undecided", 2, "0 of 5 runs end with 1; the script ended with 2"),
        (
            f"{QUICK}{counts}print(n)\nraise SystemExit(int(n != 3))",
            *("rejected", 1, "flaky: 4 of 5 runs end with 1; the script ended with 0: 3"),
        ),
        (f"{QUICK}import yaml", "rejected", 1, "it imports 'yaml' in line 3"),
    ):
        said = add(text, "--json")
        assert (said.json["state"], said.code) == (state, code), said.json
        assert words in said.json["reason"]


@pytest.mark.slow
@pytest.mark.registry
def test_a_mistake_is_one_line_and_keeps_nothing(add, ptest, workspace, tmp_path):
    run = workspace.runs()[0]
    given = ("findings", "add", run.address, "--law", LAW)
    for said, words in (
        (add("def f(:"), "line 1: no Python"),
        (add(ALWAYS, way=""), "can be broken in 5 ways. Name one with --way: "),
        (add(ALWAYS, way="after-falure"), "cannot be broken as 'after-falure'"),
        (ptest(*given, "--script", tmp_path / "none.py", "--way", WAY), "none.py: No such file"),
        (ptest(*given), "A proposal has a scenario or a script. Give one of them."),
        (ptest(*given, "--scenario", "x.json", "--way", WAY), "--way is for scripts"),
    ):
        assert (said.code, said.out) == (64, ""), said.err
        assert words in said.err.splitlines()[-1]
    assert proposals_of(run) == ()


def finding(number, features, answers, law=LAW, status="confirmed"):
    observed = [
        {"release": name, "answer": a, "detail": "", "timings": 1, "out_of_step": []}
        for name, a in zip(("1", "2", "3"), answers, strict=True)
    ]
    plain = dict.fromkeys(("last_good", "first_bad", "last_bad", "fixed_in"))
    told = {**plain, "since_first": False, "confidence": "low", "reasons": [], "also_broken": []}
    return Finding(
        id=f"CORE-001-BUG-{number:03d}",
        type="bug",
        severity="high",
        title="t",
        description="d",
        status=status,
        created_at="2026-01-14T09:00:00Z",
        evidence={
            "law": law,
            "outcome_class": WAY,
            "features": features,
            "range": {"format": "ptest.range/1", **told, "observed": observed, "retested": []},
        },
    )


BAD, GOOD, NONE = "broken", "holds", "unknown"
SCRIPT, OURS = ["script:0123abcd"], ["dependency"]


@pytest.mark.parametrize(
    ("other", "duplicate"),
    [
        (finding(2, OURS, (GOOD, BAD, BAD)), True),
        (finding(2, OURS, (NONE, BAD, BAD)), False),  # no good release in common
        (finding(2, OURS, (GOOD, GOOD, BAD)), False),
        (finding(2, OURS, (GOOD, BAD, BAD), law="dag/runs-once"), False),
        (finding(2, SCRIPT, (GOOD, BAD, BAD)), False),
    ],
)
def test_what_a_script_shows_is_a_duplicate_where_ours_is_alike_everywhere(other, duplicate):
    mine, its = told_apart([finding(1, SCRIPT, (GOOD, BAD, BAD)), other])
    assert its == other
    if duplicate:
        assert (mine.status, mine.related_findings) == (FindingStatus.DUPLICATE, (other.id,))
    else:
        assert (mine.status, mine.related_findings) == (FindingStatus.CONFIRMED, ())
