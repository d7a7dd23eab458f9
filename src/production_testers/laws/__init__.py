"""Every law, one a file: observation in, verdict out. A new law is added to `LAWS`."""

from production_testers.laws.contract import partial_output
from production_testers.laws.cost import operations_per_stage
from production_testers.laws.dag import (
    dependencies_first,
    failed_dependants,
    failure_surfaces,
    outcome_allowed,
    outputs_delivered,
    outputs_in_result,
    result_as_reference,
    runs_once,
    status_effect,
)
from production_testers.laws.effects import once_per_key
from production_testers.laws.guard import redaction_recall
from production_testers.laws.isolation import (
    concurrent_runs,
    declared_inputs,
    inputs_immutable,
    inputs_stable,
    tenants,
)
from production_testers.laws.law import Category, FindingType, Law, OutcomeClass, Severity
from production_testers.laws.lifecycle import nothing_left_running
from production_testers.laws.merge import timing_independent
from production_testers.laws.nesting import context_inherited
from production_testers.laws.observability import events_correlated
from production_testers.laws.privacy import nothing_personal_told
from production_testers.laws.retry import attempts as retry_attempts
from production_testers.laws.routing import skip_requests
from production_testers.laws.scale import bursts, depth, large_context, width
from production_testers.laws.timing import timeout_enforced
from production_testers.laws.units import calls_end, errors_are_meant, leaves_nothing

LAWS: dict[str, Law] = {
    module.LAW.id: module.LAW
    for module in (
        runs_once,
        dependencies_first,
        outputs_delivered,
        outputs_in_result,
        failure_surfaces,
        failed_dependants,
        status_effect,
        nothing_left_running,
        concurrent_runs,
        declared_inputs,
        inputs_immutable,
        inputs_stable,
        tenants,
        skip_requests,
        timeout_enforced,
        timing_independent,
        depth,
        width,
        bursts,
        large_context,
        operations_per_stage,
        context_inherited,
        partial_output,
        once_per_key,
        redaction_recall,
        events_correlated,
        nothing_personal_told,
        calls_end,
        leaves_nothing,
        errors_are_meant,
        retry_attempts,
        result_as_reference,
        outcome_allowed,
    )
}

__all__ = ["LAWS", "Category", "FindingType", "Law", "OutcomeClass", "Severity"]
