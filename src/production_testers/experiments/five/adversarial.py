"""Attacks with labelled success: how many were made, how many got what they wanted, how surely."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from production_testers.experiments.execution import execute, needs
from production_testers.experiments.five import guards
from production_testers.experiments.five.ground import Ground, Measurement
from production_testers.experiments.five.timeline import runs_of
from production_testers.experiments.judging import run_and_judge
from production_testers.experiments.workloads import draw_usage, identity_of
from production_testers.laws import LAWS
from production_testers.mocks.datasets import canary
from production_testers.model.canonical import Json
from production_testers.model.history import EventKind
from production_testers.model.scenario import Kind, RunRequest, Scenario
from production_testers.model.shares import Share
from production_testers.model.verdict import State
from production_testers.units import UNITS

CANARIES = {
    "isolation/tenants": (("canary-leaked",), "a secret reaches another tenant's run"),
    "privacy/nothing-personal-told": (
        ("in-log", "in-event", "in-error"),
        "a secret stands in an event, a log or an error",
    ),
}
"""Law → the ways of breaking it that are the attacker's success, and what that is in words."""

PROBES = {
    "tenancy": (
        "auth/tenancy",
        ("foreign-allowed", "another-tenant"),
        "another tenant's data is touched",
    ),
    "sign_in": (
        "auth/sign-in",
        ("invalid-let-in", "unknown-let-in", "foreign-let-in", "another-identity"),
        "work behind a token runs for somebody who may not have it done",
    ),
    "tools": (
        "tools/gates",
        ("gate-open", "unapproved"),
        "a tool runs without its mode or an approval",
    ),
}
"""Unit → the law that judges it, and the same. That somebody is kept out who may come in breaks
these laws, too, and is no success of an attack."""

TENANTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Adversarial:
    """Attacks on the folder's pipeline, on the parts that guard things, and on guards.

    Attributes:
        canaries: Executions in which every input holds a secret of its tenant.
        probes: Usages of each part that keeps somebody from something.
        exhaustion_chars: Size of the input with which one caller tries to starve the others.
        nested: How deep that input is.
        victims: Runs beside it.
        prompts: Labelled prompts of each family that a guard has to tell apart; 0 for none.
        personal: Labelled messages and notes that redaction is asked about; 0 for none.
        pii_recall_min: Of each kind that the framework says it hides.
        phi_recall_min: The same in clinical notes.
    """

    canaries: int = 15
    probes: int = 20
    exhaustion_chars: int = 1_000_000
    nested: int = 100
    victims: int = 20
    prompts: int = 0
    personal: int = 0
    pii_recall_min: float = 0.99
    phi_recall_min: float = 0.999

    def perform(self, ground: Ground) -> Measurement:
        """Attack; what a guard is asked about is counted, what a law is about it judges."""
        rows = [
            *self._with_canaries(ground),
            *self._probing(ground),
            *self._exhausting(ground),
        ]
        broken = [
            f"{row['attack']}: {row['count']} of {row['of']} attempts."
            for row in rows
            if row["count"]
        ]
        guarded = self._guarded(ground)
        broken += self._missed(guarded)
        attempts = sum(int(str(row["of"])) for row in rows)
        figures: dict[str, Json] = {
            "attempts": attempts,
            "successes": sum(int(str(row["count"])) for row in rows),
        }
        if guarded:
            figures["guards"] = [row.as_json() for row in guarded]
        unclear = [] if attempts else ["No attack was made."]
        return Measurement.of(broken=broken, unclear=unclear, figures=figures, table=rows)

    def _with_canaries(self, ground: Ground) -> Iterator[dict[str, Json]]:
        """Runs of three tenants that overlap; every input holds a mark of its own."""
        tried = dict.fromkeys((*CANARIES, "identity"), 0)
        got = dict.fromkeys(tried, 0)
        for number in range(min(self.canaries, ground.runs(self.canaries * 6) // 6 or 1)):
            scenario = self._secret(ground, number)
            judged = run_and_judge(ground.adapter, ground.sut, scenario)
            for law, (ways, _) in CANARIES.items():
                verdict = judged.verdicts.get(law)
                if verdict is not None and verdict.state is not State.UNKNOWN:
                    tried[law] += 1
                    got[law] += any(map(verdict.way, ways))
            wrong, seen = _identities(scenario, judged.observation.history)
            tried["identity"] += seen
            got["identity"] += wrong
        for law, (_, words) in CANARIES.items():
            if tried[law]:
                yield _row(words, Share(got[law], tried[law]), law)
        if tried["identity"]:
            words = "a stage is told that it works for somebody else"
            yield _row(words, Share(got["identity"], tried["identity"]), "identity of each stage")

    def _secret(self, ground: Ground, number: int) -> Scenario:
        random = ground.random("canaries", str(number))
        requests = [
            RunRequest(
                key=f"r{n}",
                input={**_bare(request), "secret": canary(random)},
                identity=identity_of(n % TENANTS, n),
                start_ms=round(random.uniform(0, 5), 1),
            )
            for n, request in enumerate(ground.requests(6, "canaries", str(number)))
        ]
        return ground.scenario(Kind.ADVERSARIAL, requests, watch=True)

    def _probing(self, ground: Ground) -> Iterator[dict[str, Json]]:
        for unit, (law, ways, words) in PROBES.items():
            if not ground.sut.offers(UNITS[unit].capability):
                continue
            tried = got = 0
            for number in range(self.probes):
                random = ground.random("probes", unit, str(number))
                scenario = draw_usage(random, Kind.ADVERSARIAL, (unit,))
                if not all(ground.sut.offers(capability) for capability in needs(scenario)):
                    continue
                judged = run_and_judge(ground.adapter, ground.sut, scenario, [LAWS[law]])
                verdict = judged.verdicts[law]
                tried += verdict.state is not State.UNKNOWN
                got += any(map(verdict.way, ways))
            if tried:
                yield _row(words, Share(got, tried), law)

    def _exhausting(self, ground: Ground) -> Iterator[dict[str, Json]]:
        """One request is huge and deep; what becomes of the ones beside it."""
        victims = ground.runs(self.victims)
        requests = ground.requests(victims + 1, "exhaustion")
        deep: Json = "x" * self.exhaustion_chars
        for _ in range(self.nested):
            deep = [deep]
        first = RunRequest(
            key=requests[0].key,
            input={**_bare(requests[0]), "payload": deep},
            identity=requests[0].identity,
        )
        scenario = ground.scenario(Kind.ADVERSARIAL, [first, *requests[1:]])
        observation, _ = execute(ground.adapter, scenario, ground.sut)
        beside = [run for run in runs_of(observation.history) if run.key != first.key]
        hurt = sum(not run.completed for run in beside)
        yield _row("one huge request keeps others from completing", Share(hurt, victims), "outcome")

    def _guarded(self, ground: Ground) -> list[guards.Row]:
        rows: list[guards.Row] = []
        if self.personal:
            rows += guards.personal(ground, self.personal)
        if self.prompts:
            rows += guards.attacks(ground, self.prompts)
        return rows

    def _missed(self, rows: list[guards.Row]) -> list[str]:
        """Kinds whose recall is surely under the target, where the framework says it finds them."""
        limits = {"PII": self.pii_recall_min, "PHI": self.phi_recall_min}
        return [
            f"{row.what}, {row.kind}: recall {row.found}; {limits[row.what]:.1%} are asked for."
            for row in rows
            if row.what in limits and row.claimed and row.found.surely_under(limits[row.what])
        ]


def _bare(request: RunRequest) -> dict[str, Any]:
    return dict(request.input)


def _row(words: str, success: Share, judged_by: str) -> dict[str, Json]:
    return {"attack": words, **success.as_json(), "judged_by": judged_by}


def _identities(scenario: Scenario, history: Any) -> tuple[int, int]:
    """Stages that were told of another identity than their request's, and all that were told."""
    wanted = {
        request.key: [request.identity.tenant, request.identity.user, request.identity.request]
        for request in scenario.requests
    }
    wrong = seen = 0
    for event in history.of(EventKind.STAGE_STARTED):
        told = event.value.get("identity")
        due = wanted.get(event.run.partition("/")[0])
        if told and due:
            seen += 1
            wrong += told != due
    return wrong, seen
