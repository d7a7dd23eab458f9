"""Every law, one a file: observation in, verdict out. A new law is added to `LAWS`."""

from production_testers.laws.contract import partial_output
from production_testers.laws.cost import kept_per_run, longest_step, operations_per_stage
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
from production_testers.laws.exporting import batches as exporting_batches
from production_testers.laws.guard import redaction_recall
from production_testers.laws.identifiers import reuse as identifiers_reuse
from production_testers.laws.isolation import (
    concurrent_runs,
    declared_inputs,
    inputs_immutable,
    inputs_stable,
    tenants,
)
from production_testers.laws.law import Category, FindingType, Law, OutcomeClass, Severity
from production_testers.laws.lifecycle import context_unchanged as run_context_unchanged
from production_testers.laws.lifecycle import nothing_left_running
from production_testers.laws.memory import conversation as memory_conversation
from production_testers.laws.merge import timing_independent
from production_testers.laws.nesting import context_inherited
from production_testers.laws.observability import events_correlated
from production_testers.laws.privacy import nothing_personal_told
from production_testers.laws.retry import attempts as retry_attempts
from production_testers.laws.routing import skip_requests
from production_testers.laws.scale import bursts, depth, large_context, width
from production_testers.laws.sinks import delivery as sinks_delivery
from production_testers.laws.sinks import pressure as sinks_pressure
from production_testers.laws.streaming import audio as streaming_audio
from production_testers.laws.streaming import queue as streaming_queue
from production_testers.laws.timing import timeout_enforced
from production_testers.laws.tracing import context as tracing_context
from production_testers.laws.units import (
    calls_end,
    context_unchanged,
    errors_are_meant,
    leaves_nothing,
)
from production_testers.laws.values import delta as values_delta
from production_testers.laws.values import timestamps as values_timestamps

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
        run_context_unchanged,
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
        longest_step,
        kept_per_run,
        context_inherited,
        partial_output,
        once_per_key,
        redaction_recall,
        events_correlated,
        nothing_personal_told,
        calls_end,
        leaves_nothing,
        context_unchanged,
        errors_are_meant,
        retry_attempts,
        exporting_batches,
        memory_conversation,
        streaming_queue,
        streaming_audio,
        values_timestamps,
        values_delta,
        identifiers_reuse,
        tracing_context,
        sinks_delivery,
        sinks_pressure,
        result_as_reference,
        outcome_allowed,
    )
}

__all__ = ["LAWS", "Category", "FindingType", "Law", "OutcomeClass", "Severity"]
