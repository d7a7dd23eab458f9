"""Mutants that were written while laws were."""

from detection.mutants.mutating import Mutant

MUTANTS = (
    Mutant(
        name="a retry is granted one attempt more",
        place="stageflow.pipeline.retry:RetryInterceptor._handle_retry",
        old="if attempt >= self.max_attempts - 1:",
        new="if attempt >= self.max_attempts:",
        recipe="WORK-004",
        difficulty="visible",
    ),
    Mutant(
        name="the pause between attempts is halved",
        place="stageflow.pipeline.retry:RetryInterceptor._calculate_delay",
        old="base_delay = min(base_delay, self.max_delay_ms)",
        new="base_delay = min(base_delay, self.max_delay_ms) // 2",
        recipe="WORK-004",
        difficulty="input",
    ),
    Mutant(
        name="a join starts as soon as the first of its dependencies has ended",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="if in_degree[potential_child] == 0:",
        new="if in_degree[potential_child] == len(set(spec.dependencies)) - 1:",
        recipe="CORE-001",
        difficulty="visible",
    ),
    Mutant(
        name="of stages that end in the same moment one counts",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="for task in done:\n                active_tasks.remove(task)\n",
        new="active_tasks -= done\n            for task in [done.pop()]:\n",
        recipe="CORE-001",
        difficulty="interleaving",
    ),
    Mutant(
        name="the runs of one built pipeline collect their outputs in one place",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="completed: dict[str, StageOutput] = {}",
        new='completed: dict[str, StageOutput] = self.__dict__.setdefault("_completed", {})',
        recipe="DAG-010",
        difficulty="interleaving",
    ),
    Mutant(
        name="a conditional stage asks for its reason to skip under another key",
        place="stageflow.pipeline.dag:UnifiedStageGraph._run_stage",
        old='ctx.inputs.get("skip_reason")',
        new='ctx.inputs.get("reason")',
        recipe="DAG-008",
        difficulty="visible",
    ),
    Mutant(
        name="an interceptor that refuses with a critical error is passed over",
        place="stageflow.pipeline.interceptors:run_with_interceptors",
        old=(
            "if isinstance(e, CriticalInterceptorError):\n                raise\n"
            "            # Isolated interceptor errors don't crash the stage"
        ),
        new="# Isolated interceptor errors don't crash the stage",
        recipe="WORK-002",
        difficulty="input",
    ),
    Mutant(
        name="pauses with decorrelated jitter grow past their maximum",
        place="stageflow.pipeline.retry:RetryInterceptor._calculate_delay",
        old="min(self.max_delay_ms, random.randint(self.base_delay_ms, prev * 3))",
        new="random.randint(self.base_delay_ms, prev * 3)",
        recipe="WORK-004",
        difficulty="input",
    ),
    Mutant(
        name="a success does not take back the failures that the breaker counted",
        place="stageflow.pipeline.interceptors:CircuitBreakerInterceptor._reset_breaker",
        old="self._failure_counts[stage_name] = 0",
        new="self._failure_counts.setdefault(stage_name, 0)",
        recipe="WORK-005",
        difficulty="input",
    ),
    Mutant(
        name="a stage that timed out goes on behind the run's back",
        place="stageflow.pipeline.interceptors:run_with_interceptors",
        old="asyncio.wait_for(stage_run(), timeout=timeout_seconds)",
        new="asyncio.wait_for(asyncio.shield(stage_run()), timeout=timeout_seconds)",
        recipe="DAG-009",
        difficulty="input",
    ),
    Mutant(
        name="who waited for the same request does not look for its answer again",
        place="stageflow.pipeline.idempotency:IdempotencyInterceptor.before",
        old="cached_after_lock = await self._store.get(key)",
        new="cached_after_lock = cached",
        recipe="ENRICH-005",
        difficulty="interleaving",
    ),
    Mutant(
        name="clean-ups run in the order in which they were registered",
        place="stageflow.pipeline.cancellation:CleanupRegistry.run_all",
        old="reversed(self._callbacks.copy())",
        new="self._callbacks.copy()",
        recipe="WORK-001",
        difficulty="visible",
    ),
    Mutant(
        name="the first child run that ends makes its parent forget the other ones",
        place="stageflow.pipeline.subpipeline:ChildRunTracker.unregister_child",
        old="if not self._children[parent_id]:\n                del self._children[parent_id]",
        new="del self._children[parent_id]",
        recipe="child_runs",
        difficulty="interleaving",
    ),
    Mutant(
        name="a child run that inherits its parent's data writes into them",
        place="stageflow.stages.context:PipelineContext.fork",
        old="child_data = self.data.copy()",
        new="child_data = self.data",
        recipe="CORE-006",
        difficulty="input",
    ),
    Mutant(
        name="a snapshot that is read back was created just now",
        place="stageflow.context.context_snapshot:ContextSnapshot.from_dict",
        old="created_at=created_at,",
        new="created_at=_utc_now(),",
        recipe="CORE-004",
        difficulty="visible",
    ),
    Mutant(
        name="what a parent writes after the fork changes the data that its child was given",
        place="stageflow.utils.frozen:FrozenDict.__init__",
        old="dict(data) if data else {}",
        new="data if data else {}",
        recipe="CORE-008",
        difficulty="interleaving",
    ),
    Mutant(
        name="two outputs that are written for one stage at once do not conflict",
        place="stageflow.context.output_bag:OutputBag.write",
        old="async with self._lock:\n        existing = self._entries.get(stage_name)\n",
        new=(
            "existing = self._entries.get(stage_name)\n"
            "    await asyncio.sleep(0)\n"
            "    async with self._lock:\n"
        ),
        recipe="result_bag",
        difficulty="interleaving",
    ),
    Mutant(
        name="a tool runs without waiting for its approval",
        place="stageflow.tools.executor_v2:AdvancedToolExecutor.execute",
        old="not await self._request_and_await_approval(",
        new="not self._request_and_await_approval(",
        recipe="AGENT-007",
        difficulty="visible",
    ),
    Mutant(
        name="an undo that fails cannot be tried again",
        place="stageflow.tools.executor_v2:AdvancedToolExecutor.undo_action",
        old="await tool.undo_handler(metadata)",
        new=("await self._undo_store.delete(action_id)\n        await tool.undo_handler(metadata)"),
        recipe="WORK-003",
        difficulty="input",
    ),
    Mutant(
        name="profanity in disguise passes",
        place="stageflow.helpers.guardrails:ContentFilter.check",
        old="(words | normalized_words) & self._profanity",
        new="words & self._profanity",
        recipe="GUARD-006",
        difficulty="visible",
    ),
    Mutant(
        name="the current tenant holds for every task of the process",
        place="stageflow.auth.tenant:set_current_tenant",
        old="_current_tenant.set(org_id)",
        new=(
            "global _current_tenant\n"
            '    _current_tenant = ContextVar("current_tenant", default=org_id)'
        ),
        recipe="GUARD-001",
        difficulty="interleaving",
    ),
    Mutant(
        name="narrowed types are compatible, widened ones are breaking",
        place="stageflow.contracts.registry:_types_compatible",
        old="new.issuperset(old)",
        new="new.issubset(old)",
        recipe="CONTRACT-007",
        difficulty="visible",
    ),
    Mutant(
        name="an agent takes one turn more than it may",
        place="stageflow.agent.runtime:Agent.run",
        old="range(1, self._config.max_turns + 1)",
        new="range(1, self._config.max_turns + 2)",
        recipe="AGENT-001",
        difficulty="visible",
    ),
    Mutant(
        name="who emits into a full sink gets an error instead of waiting",
        place="stageflow.events.sink:BackpressureAwareEventSink.emit",
        old="await self._queue.put((type, data))",
        new="self._queue.put_nowait((type, data))",
        recipe="OBS-004",
        difficulty="interleaving",
    ),
    Mutant(
        name="of messages that are written at once the last one remains",
        place="stageflow.helpers.memory:InMemoryStore.write",
        old=(
            "async with self._lock:\n"
            "        if entry.session_id not in self._entries:\n"
            "            self._entries[entry.session_id] = []\n"
            "        self._entries[entry.session_id].append(entry)"
        ),
        new=(
            "entries = list(self._entries.get(entry.session_id, []))\n"
            "    await asyncio.sleep(0)\n"
            "    self._entries[entry.session_id] = [*entries, entry]"
        ),
        recipe="AGENT-004",
        difficulty="interleaving",
    ),
    Mutant(
        name="a batch is emptied before it is written",
        place="stageflow.helpers.analytics:BufferedExporter._do_flush",
        old="events_to_write = self._buffer.copy()",
        new="events_to_write = self._buffer",
        recipe="OBS-005",
        difficulty="visible",
    ),
    Mutant(
        name="a stage that cancels its run is passed over when it is the last one at work",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="if stage_output.status == StageStatus.CANCEL:",
        new="if stage_output.status == StageStatus.CANCEL and active_tasks:",
        recipe="DAG-009",
        difficulty="input",
        capability="status_cancel",
    ),
    Mutant(
        name="a failure of the last stage that is left is passed over",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="if stage_output.status == StageStatus.FAIL:\n                    raise",
        new=(
            "if (stage_output.status == StageStatus.FAIL\n"
            "                    and len(finalized) + 1 < len(self._specs)):\n"
            "                    raise"
        ),
        recipe="CONTRACT-003",
        difficulty="input",
        capability="status_fail",
    ),
    Mutant(
        name="a stage that skips itself counts as completed",
        place="stageflow.pipeline.dag:UnifiedStageGraph._normalize_output",
        old="if isinstance(raw, StageOutput):\n        return raw",
        new=(
            "if isinstance(raw, StageOutput):\n"
            "        skipped = raw.status == StageStatus.SKIP\n"
            "        return StageOutput.ok(data=raw.data) if skipped else raw"
        ),
        recipe="DAG-008",
        difficulty="visible",
        capability="status_skip",
    ),
    Mutant(
        name="a stage that asks to be run again loses what it gave",
        place="stageflow.pipeline.dag:UnifiedStageGraph._normalize_output",
        old="if isinstance(raw, StageOutput):\n        return raw",
        new=(
            "if isinstance(raw, StageOutput):\n"
            "        return StageOutput.ok() if raw.status == StageStatus.RETRY else raw"
        ),
        recipe="CORE-001",
        difficulty="input",
        capability="status_retry",
    ),
    Mutant(
        name="the time-out of a stage is ten times as long",
        place="stageflow.pipeline.interceptors:run_with_interceptors",
        old="timeout_seconds = timeout_ms / 1000.0",
        new="timeout_seconds = timeout_ms / 100.0",
        recipe="DAG-009",
        difficulty="visible",
        capability="stage_timeout",
    ),
    Mutant(
        name="stages are not told who their user is",
        place="stageflow.stages.context:PipelineContext.to_snapshot",
        old="user_id=self.user_id,",
        new="user_id=None,",
        recipe="CORE-001",
        difficulty="visible",
        capability="identity",
    ),
    Mutant(
        name="a stage is shown what others give while it runs",
        place="stageflow.pipeline.dag:UnifiedStageGraph._execute_node",
        old="prior_outputs=prior_outputs,",
        new="prior_outputs=completed,",
        recipe="CORE-008",
        difficulty="interleaving",
        capability="immutable_inputs",
    ),
    Mutant(
        name="what a skipped stage gave is handed to every stage",
        place="stageflow.pipeline.dag:UnifiedStageGraph._execute_node",
        old="if dep_name in spec.dependencies",
        new="if dep_name in spec.dependencies or output.status == StageStatus.SKIP",
        recipe="CORE-001",
        difficulty="input",
        capability="declared_inputs_only",
    ),
    Mutant(
        name="a look-up asks the first dependency only",
        place="stageflow.stages.inputs:StageInputs.get",
        old="in self.prior_outputs.values():",
        new="in list(self.prior_outputs.values())[:1]:",
        recipe="CORE-001",
        difficulty="visible",
        capability="merged_lookup",
    ),
    Mutant(
        name="the work of one stage grows with the square of the number of stages",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="finalized.add(stage_name)\n                    for potential_child",
        new=(
            "finalized.add(stage_name)\n"
            "                    _ = [a for a in self._specs\n"
            "                         for b in self._specs]\n"
            "                    for potential_child"
        ),
        recipe="DAG-006",
        difficulty="interleaving",
        capability="linear_cost",
    ),
    Mutant(
        name="stages go on when another one raised",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old=(
            'self._cancel_token.cancel("Stage failed")\n'
            "                    for t in active_tasks:\n"
            "                        t.cancel()"
        ),
        new=('self._cancel_token.cancel("Stage failed")\n                    active_tasks.clear()'),
        recipe="DAG-009",
        difficulty="input",
        capability="cleanup_on_failure",
    ),
    Mutant(
        name="a run whose caller cancelled it asks for a reason first",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="if interceptor_ctx.is_canceled or (",
        new="if (interceptor_ctx.is_canceled and interceptor_ctx.cancellation_reason) or (",
        recipe="DAG-009",
        difficulty="input",
        capability="external_cancellation",
    ),
    Mutant(
        name="events of a stage do not name their request",
        place="stageflow.core.stage_context:StageContext.try_emit_event",
        old='"request_id": str(self.request_id) if self.request_id else None,',
        new="",
        recipe="OBS-001",
        difficulty="visible",
        capability="events",
    ),
    Mutant(
        name="of each kind of personal data the first place is hidden",
        place="stageflow.helpers.guardrails:PIIDetector.check",
        old="re.finditer(pattern, content, re.IGNORECASE):",
        new="list(re.finditer(pattern, content, re.IGNORECASE))[:1]:",
        recipe="GUARD-003",
        difficulty="input",
        capability="redaction",
    ),
    Mutant(
        name="a child run belongs to no user",
        place="stageflow.stages.context:PipelineContext.fork",
        old="user_id=self.user_id,",
        new="user_id=None,",
        recipe="CORE-006",
        difficulty="visible",
        capability="nested_pipelines",
    ),
    Mutant(
        name="two requests with one key do not wait for each other",
        place="stageflow.pipeline.idempotency:IdempotencyInterceptor.before",
        old="await lock.acquire()",
        new="lock = asyncio.Lock()\n    await lock.acquire()",
        recipe="WORK-002",
        difficulty="interleaving",
        capability="idempotency",
    ),
    Mutant(
        name="a run of a built pipeline takes the time-outs of the run before",
        place="stageflow.pipeline.interceptors:TimeoutInterceptor.before",
        old='ctx.data.get("_timeout_ms", self.DEFAULT_TIMEOUT_MS)',
        new=(
            'self.__dict__.setdefault("_last", '
            'ctx.data.get("_timeout_ms", self.DEFAULT_TIMEOUT_MS))'
        ),
        recipe="DAG-009",
        difficulty="interleaving",
        capability="concurrent_runs",
    ),
    Mutant(
        name="a place is given back by those only who tell how long they took",
        place="stageflow.pipeline.failure_tolerance:BackpressureMonitor.release",
        old="self._semaphore.release()",
        new="if latency_ms:\n        self._semaphore.release()",
        recipe="admission",
        difficulty="input",
    ),
    Mutant(
        name="an answer that was deleted is still given",
        place="stageflow.pipeline.idempotency:InMemoryIdempotencyStore.delete",
        old="self._entries.pop(key, None)",
        new="self._entries.get(key, None)",
        recipe="answer_store",
        difficulty="visible",
    ),
    Mutant(
        name="a refusal is told as a grant",
        place="stageflow.tools.approval:ApprovalService.record_decision",
        old="granted=granted,",
        new="granted=True,",
        recipe="AGENT-007",
        difficulty="visible",
    ),
    Mutant(
        name="the newest sound is read first",
        place="stageflow.helpers.streaming:StreamingBuffer.read",
        old="self._buffer[:bytes_to_read])",
        new="self._buffer[-bytes_to_read:])",
        recipe="audio_buffer",
        difficulty="visible",
    ),
    Mutant(
        name="a loop of two stages is built",
        place="stageflow.pipeline.validation:validate_stage_dependencies",
        old="_detect_cycles(stages)",
        new="if len(stages) > 2:\n        _detect_cycles(stages)",
        recipe="DAG-002",
        difficulty="input",
    ),
    Mutant(
        name="who listens after a cancellation is not told of it",
        place="stageflow.pipeline.cancellation:CancellationToken.on_cancel",
        old="callback()",
        new="pass",
        recipe="WORK-001",
        difficulty="input",
    ),
    Mutant(
        name="a full queue drops what is new",
        place="stageflow.helpers.streaming:ChunkQueue.put",
        old="self._queue.get_nowait()",
        new="return False",
        recipe="TRANSFORM-002",
        difficulty="input",
    ),
    Mutant(
        name="a difference forgets to remove what is empty",
        place="stageflow.compression:compute_delta",
        old="if key not in current:",
        new="if key not in current and base[key]:",
        recipe="TRANSFORM-006",
        difficulty="input",
    ),
    Mutant(
        name="a changed value is recorded as it was before",
        place="stageflow.tools.diff:_generate_json_patch",
        old='{"op": "replace", "path": f"/{key}", "value": new_val}',
        new='{"op": "replace", "path": f"/{key}", "value": old_val}',
        recipe="WORK-003",
        difficulty="visible",
    ),
    Mutant(
        name="a finding as severe as the threshold passes a guard",
        place="stageflow.helpers.guardrails:GuardrailStage.execute",
        old="v.severity >= self._config.violation_threshold",
        new="v.severity > self._config.violation_threshold",
        recipe="GUARD-001",
        difficulty="input",
    ),
    Mutant(
        name="a monitor of identifiers keeps more than it may",
        place="stageflow.helpers.uuid_utils:UuidCollisionMonitor._trim",
        old="len(self._entries) > self._max_entries",
        new="len(self._entries) > 2 * self._max_entries",
        recipe="id_monitor",
        difficulty="interleaving",
    ),
    Mutant(
        name="an interceptor's wish to try again is heard for some errors only",
        place="stageflow.pipeline.interceptors:run_with_interceptors",
        old="if error_action == ErrorAction.RETRY:",
        new="if error_action == ErrorAction.RETRY and not isinstance(e, ValueError):",
        recipe="interceptors",
        difficulty="input",
    ),
    Mutant(
        name="a prompt that is registered again stays as it was",
        place="stageflow.agent.prompts:PromptLibrary.register",
        old="versions[prompt.version] = prompt",
        new="versions.setdefault(prompt.version, prompt)",
        recipe="AGENT-004",
        difficulty="input",
    ),
    Mutant(
        name="a token without a session is let in",
        place="stageflow.auth.interceptors:AuthInterceptor._validate_token",
        old="if not session_id_str:",
        new="if not session_id_str and not user_id_str:",
        recipe="GUARD-001",
        difficulty="input",
    ),
    Mutant(
        name="a model is given one correction fewer than it may have",
        place="stageflow.agent.validation:TypedLLMOutput.generate",
        old="if attempt > max_retries:",
        new="if attempt >= max_retries:",
        recipe="AGENT-004",
        difficulty="visible",
    ),
    Mutant(
        name="a group does not wait for the task that it started last",
        place="stageflow.pipeline.cancellation:StructuredTaskGroup.__aexit__",
        old="asyncio.gather(*self._tasks, return_exceptions=True)",
        new="asyncio.gather(*self._tasks[:-1], return_exceptions=True)",
        recipe="WORK-001",
        difficulty="visible",
    ),
    Mutant(
        name="milliseconds of thirteen digits are taken for microseconds",
        place="stageflow.helpers.timestamps:detect_unix_precision",
        old="if digits <= 13:",
        new="if digits <= 12:",
        recipe="TRANSFORM-006",
        difficulty="input",
    ),
    Mutant(
        name="an action that nobody registered is said to have been done",
        place="stageflow.tools.registry:ToolRegistry.execute",
        old="success=False",
        new="success=True",
        recipe="AGENT-002",
        difficulty="input",
    ),
    Mutant(
        name="one of the variables of a trace is left behind",
        place="stageflow.observability.tracing:TraceContext.activate",
        old="for var, token in tokens:",
        new="for var, token in tokens[1:]:",
        recipe="trace_context",
        difficulty="visible",
    ),
    Mutant(
        name="values of another type are taken for those that were stated",
        place="stageflow.contracts.typed_output:TypedStageOutput._coerce_to_model",
        old="strict=self._strict,",
        new="strict=False,",
        recipe="CONTRACT-001",
        difficulty="input",
    ),
    Mutant(
        name="what a tool brings is cut at twice its limit",
        place="stageflow.agent.security:PromptSecurityPolicy._inspect",
        old="normalized[:max_chars]",
        new="normalized[: 2 * max_chars]",
        recipe="GUARD-004",
        difficulty="input",
    ),
    Mutant(
        name="two values that are written under one key at once do not conflict",
        place="stageflow.context.bag:ContextBag.write",
        old="async with self._lock:\n        if key in self._data:",
        new=(
            "await asyncio.sleep(0)\n"
            "    taken = key in self._data\n"
            "    await asyncio.sleep(0)\n"
            "    async with self._lock:\n"
            "        if taken:"
        ),
        recipe="value_bag",
        difficulty="interleaving",
    ),
    Mutant(
        name="an undo is kept past its time",
        place="stageflow.tools.undo:UndoStore.get",
        old="if datetime.now(UTC) > entry.expires_at:",
        new="if datetime.now(UTC) > entry.expires_at + timedelta(hours=1):",
        recipe="WORK-003",
        difficulty="input",
    ),
    Mutant(
        name="a child run that was cancelled is not marked when its parent is named",
        place="stageflow.pipeline.subpipeline:SubpipelineSpawner.cancel_with_children",
        old="await cancel_recursive(child_id, depth + 1)",
        new="pass",
        recipe="child_runs",
        difficulty="interleaving",
    ),
)
