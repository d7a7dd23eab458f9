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
        recipe="DAG-009",
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
        recipe="CORE-001",
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
)
