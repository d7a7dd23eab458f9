"""Every law, one a file: observation in, verdict out. A new law is added to `LAWS`."""

from production_testers.laws.agents import answers as agents_answers
from production_testers.laws.agents import loop as agents_loop
from production_testers.laws.agents import prompts as agents_prompts
from production_testers.laws.agents import stage as agents_stage
from production_testers.laws.agents import time as agents_time
from production_testers.laws.agents import untrusted as agents_untrusted
from production_testers.laws.answers import refused as answers_refused
from production_testers.laws.approval import decisions as approval_decisions
from production_testers.laws.approval import final as approval_final
from production_testers.laws.auth import sign_in as auth_sign_in
from production_testers.laws.auth import tenancy as auth_tenancy
from production_testers.laws.bags import results as bags_results
from production_testers.laws.bags import values as bags_values
from production_testers.laws.budget import tokens as budget_tokens
from production_testers.laws.building import forms as building_forms
from production_testers.laws.building import possible as building_possible
from production_testers.laws.cancellation import cleanup as cancellation_cleanup
from production_testers.laws.cancellation import token as cancellation_token
from production_testers.laws.circuit_breaker import states as circuit_breaker_states
from production_testers.laws.concurrency import admission as concurrency_admission
from production_testers.laws.concurrency import task_group as concurrency_task_group
from production_testers.laws.conflicts import resolved as conflicts_resolved
from production_testers.laws.context import snapshot as context_snapshot
from production_testers.laws.contract import partial_output
from production_testers.laws.contracts import compatibility as contracts_compatibility
from production_testers.laws.contracts import registry as contracts_registry
from production_testers.laws.contracts import typed as contracts_typed
from production_testers.laws.cost import (
    kept_per_run,
    longest_step,
    observing,
    operations_per_stage,
)
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
from production_testers.laws.diff import patches as diff_patches
from production_testers.laws.diff import texts as diff_texts
from production_testers.laws.documentation import true as documentation_true
from production_testers.laws.effects import once_per_key
from production_testers.laws.exporting import batches as exporting_batches
from production_testers.laws.exporting import fan_out as exporting_fan_out
from production_testers.laws.exporting import file as exporting_file
from production_testers.laws.failures import modes as failures_modes
from production_testers.laws.guard import audit as guard_audit
from production_testers.laws.guard import checks as guard_checks
from production_testers.laws.guard import disguises as guard_disguises
from production_testers.laws.guard import keeps_up as guard_keeps_up
from production_testers.laws.guard import leakage as guard_leakage
from production_testers.laws.guard import phi_recall, redaction_recall
from production_testers.laws.guard import redaction_exact as guard_redaction_exact
from production_testers.laws.guard import stage as guard_stage
from production_testers.laws.guarded import drafts as guarded_drafts
from production_testers.laws.idempotency import once as idempotency_once
from production_testers.laws.identifiers import reuse as identifiers_reuse
from production_testers.laws.inputs import look_ups as inputs_look_ups
from production_testers.laws.interception import chain as interception_chain
from production_testers.laws.isolation import (
    changes_told,
    concurrent_runs,
    declared_inputs,
    inputs_immutable,
    inputs_stable,
    tenants,
)
from production_testers.laws.law import Category, FindingType, Law, OutcomeClass, Severity
from production_testers.laws.lazy import registry as lazy_registry
from production_testers.laws.lifecycle import context_unchanged as run_context_unchanged
from production_testers.laws.lifecycle import nothing_left_running
from production_testers.laws.lifecycle import process_unchanged as run_process_unchanged
from production_testers.laws.lint import command as lint_command
from production_testers.laws.lint import faults as lint_faults
from production_testers.laws.load import releases as load_releases
from production_testers.laws.load import targets as load_targets
from production_testers.laws.memory import conversation as memory_conversation
from production_testers.laws.memory import session_size as memory_session_size
from production_testers.laws.merge import finds_what_is_there, timing_independent
from production_testers.laws.nesting import context_inherited
from production_testers.laws.observability import (
    durations_told,
    events_correlated,
    no_foreign_ids,
    stages_told,
)
from production_testers.laws.privacy import nothing_personal_told
from production_testers.laws.recovery import restored as recovery_restored
from production_testers.laws.results import read as results_read
from production_testers.laws.retry import attempts as retry_attempts
from production_testers.laws.retry import bounded as retry_bounded
from production_testers.laws.routing import one_branch, skip_requests
from production_testers.laws.running import answers as running_answers
from production_testers.laws.samples import around as samples_around
from production_testers.laws.scale import bursts, depth, large_context, many_runs, width
from production_testers.laws.sinks import delivery as sinks_delivery
from production_testers.laws.sinks import pressure as sinks_pressure
from production_testers.laws.spawning import children as spawning_children
from production_testers.laws.store import answers as store_answers
from production_testers.laws.streaming import audio as streaming_audio
from production_testers.laws.streaming import queue as streaming_queue
from production_testers.laws.summaries import told as summaries_told
from production_testers.laws.target import (
    any_text,
    as_alone,
    bad_answers,
    effects_once,
    gives_back,
    in_time,
    invariants,
    keeps_nothing,
    ordered,
    secrets_kept,
    tenants_apart,
)
from production_testers.laws.timing import (
    never_idle,
    ready_stages_start,
    siblings_served,
    timeout_enforced,
)
from production_testers.laws.tools import answers as tools_answers
from production_testers.laws.tools import calls as tools_calls
from production_testers.laws.tools import events as tools_events
from production_testers.laws.tools import gates as tools_gates
from production_testers.laws.tools import plans as tools_plans
from production_testers.laws.tools import registered as tools_registered
from production_testers.laws.tools import schemas as tools_schemas
from production_testers.laws.tools import undo as tools_undo
from production_testers.laws.tracing import context as tracing_context
from production_testers.laws.undo_store import entries as undo_store_entries
from production_testers.laws.units import (
    calls_end,
    context_unchanged,
    errors_are_meant,
    leaves_nothing,
    process_unchanged,
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
        run_process_unchanged,
        concurrent_runs,
        declared_inputs,
        inputs_immutable,
        inputs_stable,
        tenants,
        skip_requests,
        timeout_enforced,
        timing_independent,
        finds_what_is_there,
        depth,
        width,
        bursts,
        large_context,
        operations_per_stage,
        longest_step,
        observing,
        guard_keeps_up,
        memory_session_size,
        kept_per_run,
        load_targets,
        load_releases,
        context_inherited,
        partial_output,
        once_per_key,
        redaction_recall,
        phi_recall,
        answers_refused,
        recovery_restored,
        retry_bounded,
        events_correlated,
        nothing_personal_told,
        calls_end,
        leaves_nothing,
        context_unchanged,
        errors_are_meant,
        process_unchanged,
        retry_attempts,
        circuit_breaker_states,
        idempotency_once,
        store_answers,
        interception_chain,
        bags_results,
        bags_values,
        cancellation_token,
        cancellation_cleanup,
        concurrency_task_group,
        concurrency_admission,
        building_possible,
        building_forms,
        context_snapshot,
        spawning_children,
        tools_gates,
        tools_answers,
        tools_schemas,
        tools_undo,
        tools_events,
        approval_decisions,
        approval_final,
        undo_store_entries,
        diff_texts,
        diff_patches,
        tools_registered,
        tools_calls,
        tools_plans,
        guard_checks,
        guard_leakage,
        guard_disguises,
        guard_redaction_exact,
        guard_stage,
        auth_sign_in,
        agents_prompts,
        agents_answers,
        agents_untrusted,
        agents_loop,
        contracts_registry,
        contracts_compatibility,
        contracts_typed,
        auth_tenancy,
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
        any_text,
        as_alone,
        gives_back,
        keeps_nothing,
        in_time,
        effects_once,
        secrets_kept,
        tenants_apart,
        invariants,
        bad_answers,
        ordered,
        guard_audit,
        many_runs,
        never_idle,
        no_foreign_ids,
        one_branch,
        ready_stages_start,
        siblings_served,
        stages_told,
        durations_told,
        guarded_drafts,
        summaries_told,
        budget_tokens,
        conflicts_resolved,
        running_answers,
        failures_modes,
        lint_faults,
        lint_command,
        inputs_look_ups,
        results_read,
        lazy_registry,
        documentation_true,
        exporting_fan_out,
        exporting_file,
        changes_told,
        agents_stage,
        agents_time,
        samples_around,
        result_as_reference,
        outcome_allowed,
    )
}

__all__ = ["LAWS", "Category", "FindingType", "Law", "OutcomeClass", "Severity"]
