"""No data of one tenant reaches another tenant's run."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.timeline import RunLine, runs
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.observation import Observation
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge identities and canary tokens in every run, where there are several tenants."""
    judgement = Judgement()
    if len({request.identity.tenant for request in observation.scenario.requests}) > 1:
        for run in runs(observation):
            if run.key == run.root:  # what nested runs are told is another law's matter
                _identity(run, run.request, judgement)
            _canaries(run, run.request, judgement)
    return judgement.verdict()


def _identity(run: RunLine, request: RunRequest, judgement: Judgement) -> None:
    own = [request.identity.tenant, request.identity.user, request.identity.request]
    for line in run.stages.values():
        for start in line.starts:
            seen = start.value.get("identity")
            if seen is not None:
                judgement.judge(
                    seen == own,
                    "identity-differs",
                    lambda: (
                        f"stage {start.stage} of run {run.key} was told identity {seen}, not {own}"
                    ),
                    start.seq,
                )


def _canaries(run: RunLine, request: RunRequest, judgement: Judgement) -> None:
    own = canonical_json(dict(request.input))
    if "CANARY-" not in own:
        return
    places = [start for line in run.stages.values() for start in line.starts]
    places += [run.ended] if run.ended else []
    for place in places:
        found: Json = place.value.get("canaries")
        foreign = [c for c in found if str(c) not in own] if isinstance(found, list) else []
        judgement.judge(
            not foreign,
            "canary-leaked",
            lambda: (
                f"run {run.key} of tenant {request.identity.tenant} was given {foreign[0]}, the"
                f" secret of another tenant, at {place.stage or 'its result'}"
            ),
            place.seq,
        )


LAW = Law(
    id="isolation/tenants",
    statement="No run is given the identity or the data of another tenant.",
    category=Category.SECURITY,
    capability=Capability.IDENTITY,
    classes={
        "identity-differs": OutcomeClass(
            title="A stage is told that it works for another tenant",
            severity=Severity.CRITICAL,
            why="access is decided for the wrong tenant",
            type=FindingType.SECURITY,
        ),
        "canary-leaked": OutcomeClass(
            title="Data of one tenant reaches another tenant's run",
            severity=Severity.CRITICAL,
            why="confidential data leaves its tenant",
            type=FindingType.SECURITY,
        ),
    },
    check=check,
)
