"""A request that is sent again has its effects once; one that is answered has had them."""

from collections import Counter

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.target.requests import Request, effects_of, requests_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every request that was made at least once more, where the team says idempotent."""
    judgement = Judgement()
    target, requests = requests_of(observation)
    if not target.promises.idempotent:
        return judgement.verdict()
    stages = frozenset(target.stages)
    same: dict[int, list[Request]] = {}
    for request in requests:
        if request.alone:  # on an instance of its own
            continue
        same.setdefault(request.record, []).append(request)
    happened = list(effects_of(one for sent in same.values() for one in sent))
    for record, sent in same.items():
        effects = [event for one, event in happened if one.record == record]
        counts = Counter(str(event.value["operation"]) for event in effects)
        for operation, count in sorted(counts.items()):
            of_one = [event for event in effects if event.value["operation"] == operation]
            judgement.judge(
                count == 1,
                "repeated",
                lambda: (
                    f"request {record} was made {len(sent)} times, and {operation} had its effect"
                    f" {count} times"
                ),
                *(event.seq for event in of_one[:2]),
                stage=sent[0].stage_at(of_one[0], stages) or sent[-1].stage_at(of_one[-1], stages),
            )
    return judgement.verdict()


LAW = Law(
    id="target/effects-once",
    statement="A request that is sent again has each of its effects once, where the application"
    " promises it.",
    category=Category.RELIABILITY,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "repeated": OutcomeClass(
            title="A request that is sent again has its effect twice",
            severity=Severity.CRITICAL,
            why="money is moved or mail is sent twice",
        ),
    },
    check=check,
)
