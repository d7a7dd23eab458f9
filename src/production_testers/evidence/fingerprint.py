"""One fingerprint a defect: law, component, way of breaking, and what is necessary for it.

Never counts, line numbers, seeds or titles. The features are read from a minimal scenario, where
everything that is left is necessary.
"""

from production_testers.laws import LAWS
from production_testers.model.canonical import digest
from production_testers.model.scenario import Scenario
from production_testers.model.semantics import SutDescription
from production_testers.model.usage import Usage
from production_testers.model.verdict import Verdict

DEEP = 100
"""From this many stages in a row on, depth is what the break needs."""


def features(scenario: Scenario) -> tuple[str, ...]:
    """What a minimal scenario needs, sorted."""
    if scenario.usage is not None:
        return _features_of_usage(scenario, scenario.usage)
    pipeline = scenario.pipeline
    ancestors = pipeline.ancestors()
    names = list(ancestors)
    order = pipeline.topological_order()
    found = {f"fault:{fault.kind.value}" for fault in scenario.faults}
    found |= {f"fault:{rule.fault}" for rule in scenario.plan.rules} if scenario.plan else set()
    checks = {
        "concurrent-runs": len(scenario.requests) > 1,
        "caller-cancels": any(r.cancel_after_ms is not None for r in scenario.requests),
        "dependency": any(stage.after for stage in pipeline.stages),
        "parallel-stages": len(names) < DEEP
        and any(
            one not in ancestors[other] and other not in ancestors[one]
            for i, one in enumerate(names)
            for other in names[i + 1 :]
        ),
        "depth": len(names) >= DEEP,
        "stage-timeout": pipeline.stage_timeout_ms is not None,
        "idempotency-key": pipeline.deduplicates
        and any(request.idempotency_key for request in scenario.requests),
        "skippable": any(stage.skippable for stage in pipeline.stages),
        "nested": any(stage.nested for stage in pipeline.stages),
        "registration-order": tuple(stage.name for stage in pipeline.stages) != order,
        "set-order": scenario.latencies.seed != 0,
        "reordering": not scenario.feasible,
    }
    return tuple(sorted(found | {name for name, present in checks.items() if present}))


def _features_of_usage(scenario: Scenario, usage: Usage) -> tuple[str, ...]:
    works = [work for call in usage.calls for works in call.works.values() for work in works]
    checks = {
        "several-calls": len(usage.calls) > 1,
        "concurrent-clients": len(usage.clients()) > 1,
        "caller-cancels": any(call.cancel_after_ms is not None for call in usage.calls),
        "work-fails": any(work.raises for work in works),
        "work-hangs": any(work.hangs for work in works),
        "set-order": scenario.latencies.seed != 0,
        "reordering": not scenario.feasible,
    }
    found = {f"operation:{call.operation}" for call in usage.calls}
    return tuple(sorted(found | {name for name, present in checks.items() if present}))


def component(law_id: str, verdict: Verdict, sut: SutDescription) -> str:
    """The importable name whose documented behaviour is broken."""
    law = LAWS[law_id]
    declared = law.classes.get(verdict.outcome_class)
    capability = declared.capability if declared and declared.capability else law.capability
    return sut.components.get(capability) or sut.components.get(law.capability) or sut.name


def fingerprint(
    law_id: str, component_name: str, outcome_class: str, needed: tuple[str, ...]
) -> str:
    """Sixteen hexadecimal digits."""
    return digest([law_id, component_name, outcome_class, list(needed)])
