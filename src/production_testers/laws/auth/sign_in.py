"""Protected work runs for valid tokens only, for the one whom the token names."""

from typing import Any

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.sign_in import BODY, VALIDATE, claims_of


def check(observation: Observation) -> Verdict:
    """Judge every request."""
    judgement = Judgement()
    for line in calls_of(observation, "request"):
        if line.started is not None and line.outcome != "refused":
            _judge(line, judgement)
    return judgement.verdict()


def _judge(line: CallLine, judgement: Judgement) -> None:
    claims = claims_of(line.call) if line.call.arguments["token"] else None
    body = line.works_of(BODY)
    failed = any(work.how == "raised" for work in line.works_of(VALIDATE))
    if claims is None:
        judgement.judge(
            not body,
            "unknown-let-in" if failed else "invalid-let-in",
            lambda: (
                "the code that knows tokens failed, and the protected work ran"
                if failed
                else f"the token of call {line.key} is not valid, and the protected work ran"
            ),
            run=line.key,
        )
        return
    owner = line.call.arguments.get("belongs_to")
    foreign = owner is not None and claims["tenant"] is not None and owner != claims["tenant"]
    if foreign:
        judgement.judge(
            not body,
            "foreign-let-in",
            lambda: f"what belongs to {owner} was worked on for {claims['tenant']}",
            run=line.key,
        )
    elif line.ended is not None and line.given_up is None:
        judgement.judge(
            bool(body),
            "valid-kept-out",
            lambda: f"the token of call {line.key} is valid, and it {line.in_words()}",
            run=line.key,
        )
    for work in body:
        given: Any = work.started.value.get("given") or {}
        judgement.judge(
            given.get("claims") == claims,
            "another-identity",
            lambda: (
                f"the token of call {line.key} names {claims}, the work saw {given.get('claims')}"
            ),
            run=line.key,
        )
        seen = [given.get("user"), given.get("tenant")]
        judgement.judge(
            seen == [claims["user"], claims["tenant"]],
            "identity-not-set",
            lambda: (
                f"the token names {claims['user']} of {claims['tenant']}, and the context of"
                f" the work says {seen}"
            ),
            run=line.key,
        )


LAW = Law(
    id="auth/sign-in",
    statement="Protected work runs only for a token that was found valid, on what does not belong"
    " to another tenant, and sees the identity that the token names; for a valid token it runs.",
    category=Category.SECURITY,
    capability=Capability.SIGN_IN,
    units=frozenset({"sign_in"}),
    classes={
        "invalid-let-in": OutcomeClass(
            title="Protected work runs without a valid token",
            severity=Severity.CRITICAL,
            why="anybody may do what the token protects",
            type=FindingType.SECURITY,
        ),
        "unknown-let-in": OutcomeClass(
            title="Protected work runs when the token could not be checked",
            severity=Severity.CRITICAL,
            why="while the identity provider is down, anybody may do what it protects",
            type=FindingType.SECURITY,
        ),
        "foreign-let-in": OutcomeClass(
            title="Work runs on what belongs to another tenant",
            severity=Severity.CRITICAL,
            why="one customer works on another one's data",
            type=FindingType.SECURITY,
        ),
        "valid-kept-out": OutcomeClass(
            title="A request with a valid token is refused",
            severity=Severity.HIGH,
            why="users cannot work",
        ),
        "another-identity": OutcomeClass(
            title="Protected work sees other claims than its token's",
            severity=Severity.CRITICAL,
            why="one user acts as another",
            type=FindingType.SECURITY,
        ),
        "identity-not-set": OutcomeClass(
            title="The context of the work is not given the user and tenant of the token",
            severity=Severity.MEDIUM,
            why="it is documented, and work that asks its context acts for whom the caller named",
            type=FindingType.SECURITY,
        ),
    },
    check=check,
)
