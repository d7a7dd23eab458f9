"""Mutants that were written before anybody looked at what the laws catch."""

from detection.mutants.mutating import Mutant

MUTANTS = (
    Mutant(
        name="a stage that becomes ready while 256 others run is forgotten",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="if in_degree[potential_child] == 0:",
        new="if in_degree[potential_child] == 0 and len(active_tasks) < 256:",
        recipe="DAG-005",
        difficulty="interleaving",
    ),
    Mutant(
        name="a stage is given the outputs of every stage that has ended",
        place="stageflow.pipeline.dag:UnifiedStageGraph._execute_node",
        old="if dep_name in spec.dependencies",
        new="if dep_name in self._specs",
        recipe="CORE-001",
        difficulty="input",
    ),
    Mutant(
        name="a stage is told whether its run was cancelled when the stage began",
        place="stageflow.pipeline.dag:UnifiedStageGraph._execute_node",
        old="_cancellation_probe=lambda: interceptor_ctx.is_canceled",
        new="_cancellation_probe=lambda canceled=interceptor_ctx.is_canceled: canceled",
        recipe="DAG-009",
        difficulty="interleaving",
    ),
    Mutant(
        name="the interceptors behind one that crashes are left out",
        place="stageflow.pipeline.interceptors:run_with_interceptors",
        old=(
            'f"Interceptor {i.name} before() failed: {e}",\n'
            '                extra={"interceptor": i.name, "error": str(e)},\n'
            "            )"
        ),
        new=(
            'f"Interceptor {i.name} before() failed: {e}",\n'
            '                extra={"interceptor": i.name, "error": str(e)},\n'
            "            )\n"
            "            break"
        ),
        recipe="GUARD-001",
        difficulty="input",
    ),
    Mutant(
        name="exponential pauses are multiples of the base",
        place="stageflow.pipeline.retry:RetryInterceptor._calculate_delay",
        old="(2 ** attempt)",
        new="(2 * attempt)",
        recipe="WORK-004",
        difficulty="visible",
    ),
    Mutant(
        name="a breaker opens one failure late",
        place="stageflow.pipeline.interceptors:CircuitBreakerInterceptor._record_failure",
        old="self._failure_counts[stage_name] >= 5",
        new="self._failure_counts[stage_name] > 5",
        recipe="WORK-005",
        difficulty="visible",
    ),
    Mutant(
        name="the time-out of a run holds for its first stage",
        place="stageflow.pipeline.interceptors:TimeoutInterceptor.before",
        old='ctx.data.get("_timeout_ms", self.DEFAULT_TIMEOUT_MS)',
        new='ctx.data.pop("_timeout_ms", self.DEFAULT_TIMEOUT_MS)',
        recipe="DAG-009",
        difficulty="input",
    ),
    Mutant(
        name="a failure is remembered as the answer to its request",
        place="stageflow.pipeline.idempotency:IdempotencyInterceptor.after",
        old='if result.status != "completed":',
        new='if result.status not in ("completed", "failed"):',
        recipe="WORK-002",
        difficulty="input",
    ),
    Mutant(
        name="a group of tasks cleans up after errors only",
        place="stageflow.pipeline.cancellation:StructuredTaskGroup.__aexit__",
        old="if self._cleanup_registry.pending_count > 0:",
        new="if first_exception is not None:",
        recipe="WORK-001",
        difficulty="visible",
    ),
    Mutant(
        name="a child run belongs to no organisation",
        place="stageflow.stages.context:PipelineContext.fork",
        old="org_id=self.org_id,",
        new="org_id=None,",
        recipe="CORE-006",
        difficulty="visible",
    ),
    Mutant(
        name="a snapshot keeps the whole seconds of its messages' times",
        place="stageflow.context.conversation:Conversation.to_dict",
        old="m.timestamp.isoformat()",
        new='m.timestamp.isoformat(timespec="seconds")',
        recipe="CORE-004",
        difficulty="visible",
    ),
    Mutant(
        name="an action can be undone again and again",
        place="stageflow.tools.executor_v2:AdvancedToolExecutor.undo_action",
        old="await self._undo_store.delete(action_id)\n\n        return True",
        new="return True",
        recipe="WORK-003",
        difficulty="visible",
    ),
    Mutant(
        name="whatever is redacted becomes eight characters long",
        place="stageflow.helpers.guardrails:PIIDetector.check",
        old="self._redaction_char * len(match.group())",
        new="self._redaction_char * 8",
        recipe="GUARD-003",
        difficulty="input",
    ),
    Mutant(
        name="an instance of another model passes without validation",
        place="stageflow.contracts.typed_output:TypedStageOutput._coerce_to_model",
        old="if isinstance(payload, self._model) and not kwargs:",
        new="if isinstance(payload, BaseModel) and not kwargs:",
        recipe="CONTRACT-001",
        difficulty="input",
    ),
    Mutant(
        name="all runs of an agent collect the results of their tools in one list",
        place="stageflow.agent.runtime:Agent._execute_tool_calls",
        old="results: list[AgentToolResult] = []",
        new=(
            "results: list[AgentToolResult] = self.__dict__.setdefault('_results', [])\n"
            "    results.clear()"
        ),
        recipe="AGENT-004",
        difficulty="interleaving",
    ),
    Mutant(
        name="an agent that is interrupted during a tool call takes it for a failed tool",
        place="stageflow.agent.runtime:Agent._execute_tool_calls",
        old="except Exception as exc:",
        new="except BaseException as exc:",
        recipe="AGENT-005",
        difficulty="interleaving",
    ),
    Mutant(
        name="events that a full sink drops are not counted",
        place="stageflow.events.sink:BackpressureAwareEventSink.try_emit",
        old="self._metrics.record_drop()",
        new="self._metrics.queue_full_count += 1",
        recipe="OBS-005",
        difficulty="interleaving",
    ),
    Mutant(
        name="events of a stage bear the id of the run as that of the request",
        place="stageflow.core.stage_context:StageContext.try_emit_event",
        old="str(self.request_id) if self.request_id else None",
        new="str(self.pipeline_run_id) if self.pipeline_run_id else None",
        recipe="OBS-001",
        difficulty="visible",
    ),
    Mutant(
        name="what is left in a queue when it is closed is lost",
        place="stageflow.helpers.streaming:ChunkQueue.get",
        old="if self._closed and self._queue.empty():",
        new="if self._closed:",
        recipe="TRANSFORM-002",
        difficulty="interleaving",
    ),
    Mutant(
        name="fractions of a second are cut off timestamps in milliseconds",
        place="stageflow.helpers.timestamps:_parse_unix_timestamp",
        old="seconds = int(value) / divisor",
        new="seconds = int(value) // divisor",
        recipe="TRANSFORM-006",
        difficulty="input",
    ),
)
