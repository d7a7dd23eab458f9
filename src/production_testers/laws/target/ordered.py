"""Effects happen in the order of the requests."""

from dataclasses import dataclass
from itertools import permutations

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.target.requests import effects_of, requests_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class _Effect:
    """One effect of a request.

    Attributes:
        happened: Position of the effect.
        made: Position of the request's start.
        begun: Position at which the application had begun to work for it: it called a service.
        call: Key of the request's call.
        stage: In which stage it happened.
    """

    happened: int
    made: int
    begun: int
    call: str
    stage: str


def check(observation: Observation) -> Verdict:
    """Judge every two effects of one operation, where the team promises an order.

    A request is later than another one if it was made when that one was being worked on.
    """
    judgement = Judgement()
    target, requests = requests_of(observation)
    if not target.promises.ordered:
        return judgement.verdict()
    stages = frozenset(target.stages)
    found: dict[tuple[str, str], list[_Effect]] = {}
    for request, event in effects_of(one for one in requests if not one.alone):
        begun = [work.started.seq for work in request.line.works if "." in work.label]
        if request.line.started is None or not begun or not request.undisturbed:
            continue
        place = str(event.value["operation"]), str(event.value.get("group", ""))
        made, stage = request.line.started.seq, request.stage_at(event, stages)
        effect = _Effect(event.seq, made, min(begun), request.key, stage)
        found.setdefault(place, []).append(effect)
    for (operation, _group), effects in found.items():
        for first, later in permutations(effects, 2):
            if first.begun < later.made:
                judgement.judge(
                    first.happened < later.happened,
                    "overtaken",
                    lambda: (
                        f"{operation} of call {later.call} happened before that of call"
                        f" {first.call}, which was being worked on when the other was made"
                    ),
                    later.happened,
                    first.happened,
                    run=later.call,
                    stage=later.stage,
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
