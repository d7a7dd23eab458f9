"""Nothing of one tenant's requests reaches another's."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.target.requests import requests_of, where
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

JUDGED = ("answer", "error")
"""Where it is judged, beside the calls of services: a log is everybody's."""


def check(observation: Observation) -> Verdict:
    """Judge every request, where the team says which member names the tenant.

    What a request alone also says of another tenant is no leak: it says so whoever came before.
    """
    judgement = Judgement()
    target, requests = requests_of(observation)
    if not target.promises.tenant:
        return judgement.verdict()
    stages = frozenset(target.stages)
    alone = {
        (request.record, event.value["where"], event.value["record"])
        for request in requests
        if request.alone
        for event in request.emitted("stranger")
    }
    for request in requests:
        for event in request.emitted("stranger"):
            place, other = str(event.value["where"]), event.value["record"]
            known = (request.record, place, other) in alone
            if known or not (place in JUDGED or place.startswith("service ")):
                continue
            stage = request.stage_at(event, stages)
            judgement.judge(
                False,  # noqa: FBT003 - it was seen
                "mixed",
                lambda: (
                    f"call {request.key} of request {request.record} had what only the tenant of"
                    f" request {other} knows in its {place}, in {where(target, stage)}"
                ),
                event.seq,
                run=request.key,
                stage=stage,
            )
        judgement.exercised += request.line.ended is not None
    return judgement.verdict()


LAW = Law(
    id="target/tenants-apart",
    statement="Nothing that stands only in one tenant's requests is in another tenant's answers,"
    " errors, or calls of services.",
    category=Category.SECURITY,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "mixed": OutcomeClass(
            title="A tenant is given what belongs to another one",
            severity=Severity.CRITICAL,
            why="one customer's data reaches another customer",
            type=FindingType.SECURITY,
        ),
    },
    check=check,
)
