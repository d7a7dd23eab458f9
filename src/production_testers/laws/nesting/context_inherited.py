"""The stages of a nested pipeline work for the same request as the stage that runs it."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge the identity that every stage of a nested run was told."""
    judgement = Judgement()
    for run in runs(observation):
        if run.key != run.root and observation.sut.offers(Capability.IDENTITY):
            _identity(run, judgement)
    return judgement.verdict()


def _identity(run: RunLine, judgement: Judgement) -> None:
    request = run.request
    own = [request.identity.tenant, request.identity.user, request.identity.request]
    for line in run.stages.values():
        for start in line.starts:
            seen = start.value.get("identity")
            judgement.judge(
                seen == own,
                "identity-lost" if seen is None else "identity-differs",
                lambda: (
                    f"stage {start.stage} of nested run {run.key} was told identity {seen}, its"
                    f" request has {own}"
                ),
                start.seq,
            )


LAW = Law(
    id="nesting/context-inherited",
    statement="The stages of a nested pipeline are told the identity of the request that it"
    " belongs to.",
    category=Category.CORRECTNESS,
    capability=Capability.NESTED_PIPELINES,
    classes={
        "identity-lost": OutcomeClass(
            title="Stages of a nested pipeline are not told for whom they work",
            severity=Severity.HIGH,
            why="access cannot be decided in nested pipelines",
        ),
        "identity-differs": OutcomeClass(
            title="Stages of a nested pipeline are told that they work for somebody else",
            severity=Severity.CRITICAL,
            why="access is decided for the wrong request",
        ),
    },
    check=check,
)
