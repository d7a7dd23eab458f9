"""Fault plans as pipelines write them: short rules, and one seed for faults and schedule."""

from random import Random

from production_testers.mocks.faults import Way, checked
from production_testers.model.canonical import Json
from production_testers.model.fault_plan import ANY, Burst, FaultPlan, Place, Rule, Target, When


def at_service(
    fault: str, service: str = ANY, operation: str = ANY, when: When | None = None, **params: Json
) -> Rule:
    """A rule for calls of a service, as `at_service("http-429", "llm", when=When(share=0.1))`.

    Args:
        fault: A kind of the catalogue; `ptest faults list` shows them.
        service: Which service; a pattern.
        operation: Which of its operations; a pattern.
        when: When and how often; always, by default.
        params: The kind's parameters: numbers, texts or distributions.
    """
    at = Target(place=Place.SERVICE, name=service, operation=operation)
    name = f"{fault} at {service}.{operation}"
    return Rule(id=name, fault=fault, at=at, when=when or When(), params=params)


def at_stage(
    fault: str, stage: str = ANY, run: str = ANY, when: When | None = None, **params: Json
) -> Rule:
    """A rule for executions of a stage, as `at_stage("stage-slow", "decide", ms=50)`.

    Args:
        fault: A kind of the catalogue.
        stage: Which stage; a pattern.
        run: In which run; a pattern.
        when: When and how often; always, by default.
        params: The kind's parameters.
    """
    at = Target(place=Place.STAGE, name=stage, run=run)
    return Rule(
        id=f"{fault} in {stage} of {run}", fault=fault, at=at, when=when or When(), params=params
    )


def storm(share: float, length_ms: float, group: str = "storm", *, within: float = 1.0) -> When:
    """Faults that come in bursts; rules with the same group are struck in the same moments.

    Args:
        share: Of all windows that are bad.
        length_ms: Of a window.
        group: Whose windows.
        within: Share of the occasions of a bad window that are struck.
    """
    return When(share=within, burst=Burst(group=group, length=length_ms, share=share))


def fault_plan(random: Random, *rules: Rule) -> FaultPlan:
    """A plan whose choices come from the same source as the rest of a scenario.

    Args:
        random: Draws its seed.
        rules: What goes wrong; of two with one name, the second gets another.

    Raises:
        InvalidDocumentError: A rule that cannot happen in a simulation.
    """
    named = []
    for number, rule in enumerate(rules):
        taken = any(rule.id == other.id for other in rules[:number])
        name = f"{rule.id} ({number})" if taken else rule.id
        named.append(
            Rule(id=name, fault=rule.fault, at=rule.at, when=rule.when, params=rule.params)
        )
    plan = FaultPlan(seed=random.getrandbits(48), rules=tuple(named))
    return checked(plan, Way.SIMULATED, path="fault_plan")
