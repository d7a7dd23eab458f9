"""Effects happen in the order of the requests."""

from itertools import pairwise

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.target.requests import requests_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every two effects of one operation, where the team promises an order."""
    judgement = Judgement()
    target, requests = requests_of(observation)
    if not target.promises.ordered:
        return judgement.verdict()
    stages = frozenset(target.stages)
    found: dict[tuple[str, str], list[tuple[int, int, str, str]]] = {}
    for request in requests:
        started = request.line.started
        for event in request.emitted("effect"):
            if started is not None and request.undisturbed:
                place = str(event.value["operation"]), str(event.value.get("group", ""))
                stage = request.stage_at(event, stages)
                found.setdefault(place, []).append((event.seq, started.seq, request.key, stage))
    for (operation, _group), effects in found.items():
        for before, after in pairwise(sorted(effects)):
            judgement.judge(
                before[1] <= after[1],
                "overtaken",
                lambda: (
                    f"{operation} of call {before[2]} happened before that of call {after[2]},"
                    " which was made earlier"
                ),
                before[0],
                after[0],
                run=before[2],
                stage=before[3],
            )
    return judgement.verdict()


LAW = Law(
    id="target/ordered",
    statement="Effects of requests that belong together happen in the order of the requests, where"
    " the application promises it.",
    category=Category.CORRECTNESS,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "overtaken": OutcomeClass(
            title="A later request's effect overtakes an earlier one's",
            severity=Severity.HIGH,
            why="the last state is not that of the last request",
        ),
    },
    check=check,
)
