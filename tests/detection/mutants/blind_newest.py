"""Mutants of the newest parts, written from the source of stageflow alone.

Nobody had looked at what the laws about these parts catch.
"""

from detection.mutants.mutating import Mutant

MUTANTS = (
    Mutant(
        name="an agent that runs as a stage is not told of its run",
        place="stageflow.agent.stage:AgentStage.execute",
        old="stage_context=ctx",
        new="stage_context=None",
        recipe="agent_stage",
        difficulty="visible",
    ),
    Mutant(
        name="an agent that runs as a stage keeps the reason of its failure to itself",
        place="stageflow.agent.stage:AgentStage.execute",
        old='error=f"Agent execution failed: {exc}"',
        new='error="Agent execution failed"',
        recipe="agent_stage",
        difficulty="input",
    ),
    Mutant(
        name="an agent that is interrupted is a stage that failed",
        place="stageflow.agent.stage:AgentStage.execute",
        old="except Exception as exc:",
        new="except BaseException as exc:",
        recipe="agent_stage",
        difficulty="interleaving",
    ),
    Mutant(
        name="a value that counts as false is in conflict with none",
        place="stageflow.context.enrich:ConflictDetector.check_and_resolve",
        old="if old_value is None:",
        new="if not old_value:",
        recipe="conflicts",
        difficulty="input",
    ),
    Mutant(
        name="the usual way of resolving goes before a field's own",
        place="stageflow.context.enrich:ConflictDetector.check_and_resolve",
        old="self.merge_strategies.get(field, self.default_strategy)",
        new="self.default_strategy or self.merge_strategies.get(field)",
        recipe="conflicts",
        difficulty="visible",
    ),
    Mutant(
        name="documents inside documents are replaced and not merged",
        place="stageflow.context.enrich:ConflictDetector._merge_values",
        old="merged[key] = self._merge_values(merged[key], value)",
        new="merged[key] = value",
        recipe="conflicts",
        difficulty="input",
    ),
    Mutant(
        name="merged documents are written into the old one",
        place="stageflow.context.enrich:ConflictDetector._merge_values",
        old="merged = dict(old)",
        new="merged = old",
        recipe="conflicts",
        difficulty="input",
    ),
    Mutant(
        name="a docstring explains a parameter by its former name",
        place="stageflow.pipeline.registry:PipelineRegistry.register",
        old="pipeline: Pipeline instance to register",
        new="instance: Pipeline instance to register",
        recipe="documentation",
        difficulty="visible",
    ),
    Mutant(
        name="an example passes a parameter by its former name",
        place="stageflow.helpers.run_utils:setup_logging",
        old='setup_logging(json_format=True, log_file="pipeline.log")',
        new='setup_logging(json=True, log_file="pipeline.log")',
        recipe="documentation",
        difficulty="visible",
    ),
    Mutant(
        name="a stage runs unless all of its dependencies failed",
        place="stageflow.pipeline.failure_tolerance:FailureCollector.should_continue",
        old="not bool(dependent_on & self._failed_stages)",
        new="not (dependent_on and dependent_on <= self._failed_stages)",
        recipe="failure_modes",
        difficulty="input",
    ),
    Mutant(
        name="failing fast passes recoverable failures over",
        place="stageflow.pipeline.failure_tolerance:FailureCollector.should_continue",
        old="return len(self._failures) == 0",
        new="return all(one.recoverable for one in self._failures)",
        recipe="failure_modes",
        difficulty="input",
    ),
    Mutant(
        name="a stage that failed twice counts as two",
        place="stageflow.pipeline.failure_tolerance:FailureCollector.get_summary",
        old="failed_stages=len(self._failed_stages)",
        new="failed_stages=len(self._failures)",
        recipe="failure_modes",
        difficulty="input",
    ),
    Mutant(
        name="an event goes to one place after the other",
        place="stageflow.helpers.analytics:CompositeExporter.export",
        old="await asyncio.gather(*[e.export(event) for e in self._exporters])",
        new="for e in self._exporters:\n        await e.export(event)",
        recipe="fan_out",
        difficulty="input",
    ),
    Mutant(
        name="nobody is told that a place could not be flushed",
        place="stageflow.helpers.analytics:CompositeExporter.flush",
        old="*[e.flush() for e in self._exporters]",
        new="*[e.flush() for e in self._exporters], return_exceptions=True",
        recipe="fan_out",
        difficulty="input",
    ),
    Mutant(
        name="closing does not wait for the places",
        place="stageflow.helpers.analytics:CompositeExporter.close",
        old="await asyncio.gather",
        new="asyncio.gather",
        recipe="fan_out",
        difficulty="interleaving",
    ),
    Mutant(
        name="a guard is tried once more than its policy allows",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="retry_state.attempts >= policy.max_attempts",
        new="retry_state.attempts > policy.max_attempts",
        recipe="guard_retry",
        difficulty="visible",
    ),
    Mutant(
        name="a new answer does not end the count of equal ones",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="retry_state.stagnation_hits = 0",
        new="pass",
        recipe="guard_retry",
        difficulty="input",
    ),
    Mutant(
        name="a guard is tried again when its time is up",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="if exceeded_attempts or exceeded_stagnation or exceeded_timeout:",
        new="if exceeded_attempts or exceeded_stagnation:",
        recipe="guard_retry",
        difficulty="input",
    ),
    Mutant(
        name="of two guards that wait for one stage, the first is forgotten",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="pending_guard_retries[policy.retry_stage].append(stage_name)",
        new="pending_guard_retries[policy.retry_stage] = [stage_name]",
        recipe="guard_retry",
        difficulty="interleaving",
    ),
    Mutant(
        name="whether a pipeline is there is told before the lazy ones are",
        place="stageflow.pipeline.registry:PipelineRegistry.__contains__",
        old="if not self._registered:\n        self._register_all()\n    return",
        new="return",
        recipe="lazy_registry",
        difficulty="visible",
    ),
    Mutant(
        name="one pipeline registered by hand counts as all of them",
        place="stageflow.pipeline.registry:PipelineRegistry.register",
        old="self._pipelines[name] = pipeline",
        new="self._pipelines[name] = pipeline\n    self._registered = True",
        recipe="lazy_registry",
        difficulty="input",
    ),
    Mutant(
        name="a pipeline that is registered again stays the first one",
        place="stageflow.pipeline.registry:PipelineRegistry.register",
        old="self._pipelines[name] = pipeline",
        new="self._pipelines.setdefault(name, pipeline)",
        recipe="lazy_registry",
        difficulty="input",
    ),
    Mutant(
        name="a dependency that does not exist is a warning",
        place="stageflow.cli.lint:lint_pipeline",
        old=("severity=IssueSeverity.ERROR,\n                        accessed_stage=dep,"),
        new=("severity=IssueSeverity.WARNING,\n                        accessed_stage=dep,"),
        recipe="lint",
        difficulty="visible",
    ),
    Mutant(
        name="two ways to one stage are a cycle",
        place="stageflow.cli.lint:lint_pipeline",
        old="find_cycle(dep, visited.copy(), path.copy())",
        new="find_cycle(dep, visited, path)",
        recipe="lint",
        difficulty="input",
    ),
    Mutant(
        name="of stages that lack the same dependency, one is told",
        place="stageflow.cli.lint:lint_pipeline",
        old='key = f"{issue.stage_name}:{issue.message}"',
        new="key = issue.message",
        recipe="lint",
        difficulty="input",
    ),
    Mutant(
        name="the most memory and the memory of now change places",
        place="stageflow.helpers.memory_tracker:MemoryTracker.observe",
        old="current, peak = tracemalloc",
        new="peak, current = tracemalloc",
        recipe="memory_samples",
        difficulty="visible",
    ),
    Mutant(
        name="an awaited call that fails has no sample at its end",
        place="stageflow.helpers.memory_tracker:track_memory",
        old=(
            "try:\n"
            "                    return await func(*args, **kwargs)\n"
            "                finally:\n"
            '                    local_tracker.observe(label=f"{label or func.__name__}:end")'
        ),
        new=(
            "made = await func(*args, **kwargs)\n"
            '                local_tracker.observe(label=f"{label or func.__name__}:end")\n'
            "                return made"
        ),
        recipe="memory_samples",
        difficulty="input",
    ),
    Mutant(
        name="a run that failed is summed up as completed",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old='status="failed",',
        new='status="completed",',
        recipe="run_summary",
        difficulty="input",
    ),
    Mutant(
        name="whole seconds are left out of the durations in a summary",
        place="stageflow.observability.wide_events:_duration_ms",
        old="int((ended_at - started_at).total_seconds() * 1000)",
        new="(ended_at - started_at).microseconds // 1000",
        recipe="run_summary",
        difficulty="input",
    ),
    Mutant(
        name="runs of one pipeline are summed up together",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="completed_results: dict[str, StageResult] = {}",
        new="completed_results = self.__dict__.setdefault('_completed_results', {})",
        recipe="run_summary",
        difficulty="interleaving",
    ),
    Mutant(
        name="a run that a stage cancelled comes back without results",
        place="stageflow.helpers.run_utils:PipelineRunner.run",
        old="{name: output.data for name, output in e.results.items()}",
        new="{}",
        recipe="runner",
        difficulty="input",
    ),
    Mutant(
        name="a context's own text is replaced by the runner's",
        place="stageflow.helpers.run_utils:PipelineRunner.run",
        old="if input_text is not None and pipeline_ctx.input_text is None:",
        new="if input_text is not None:",
        recipe="runner",
        difficulty="input",
    ),
    Mutant(
        name="an interrupted run comes back as one that failed",
        place="stageflow.helpers.run_utils:PipelineRunner.run",
        old="except Exception as e:",
        new="except BaseException as e:",
        recipe="runner",
        difficulty="interleaving",
    ),
    Mutant(
        name="a simple run is always for practice",
        place="stageflow.helpers.run_utils:run_simple_pipeline",
        old="execution_mode=execution_mode,\n        **snapshot_kwargs",
        new="**snapshot_kwargs",
        recipe="runner",
        difficulty="input",
    ),
    Mutant(
        name="tokens that are reserved for the answer can be spent",
        place="stageflow.context.enrich:ContextUtilization.available_tokens",
        old="self.max_tokens - self.used_tokens - self.reserved_tokens",
        new="self.max_tokens - self.used_tokens",
        recipe="token_budget",
        difficulty="visible",
    ),
    Mutant(
        name="the last token cannot be spent",
        place="stageflow.context.enrich:ContextUtilization.can_fit",
        old="token_count <= self.available_tokens",
        new="token_count < self.available_tokens",
        recipe="token_budget",
        difficulty="input",
    ),
    Mutant(
        name="tokens that do not fit are counted",
        place="stageflow.context.enrich:ContextUtilization.add",
        old=(
            "if not self.can_fit(token_count):\n"
            "        return False\n"
            "    self.used_tokens += token_count\n"
            "    return True"
        ),
        new=(
            "fits = self.can_fit(token_count)\n    self.used_tokens += token_count\n    return fits"
        ),
        recipe="token_budget",
        difficulty="input",
    ),
    Mutant(
        name="of several outputs with one key the last is read",
        place="stageflow.stages.inputs:StageInputs.get",
        old="for output in self.prior_outputs.values():",
        new="for output in reversed(self.prior_outputs.values()):",
        recipe="stage_inputs",
        difficulty="input",
    ),
    Mutant(
        name="a required value that is none is missing",
        place="stageflow.stages.inputs:StageInputs.require_from",
        old="if key not in output.data:",
        new="if output.data.get(key) is None:",
        recipe="stage_inputs",
        difficulty="input",
    ),
    Mutant(
        name="an undeclared stage without output is said to be missing",
        place="stageflow.stages.inputs:StageInputs._validate_dependency",
        old="stage_name not in self.declared_deps:",
        new="stage_name in self.prior_outputs.keys() - self.declared_deps:",
        recipe="stage_inputs",
        difficulty="visible",
    ),
    Mutant(
        name="a stage waits until all that run have ended",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="return_when=asyncio.FIRST_COMPLETED",
        new="return_when=asyncio.ALL_COMPLETED",
        recipe="DAG-003",
        difficulty="interleaving",
        capability="parallel_stages",
    ),
    Mutant(
        name="stages of one pipeline run one after the other",
        place="stageflow.pipeline.dag:UnifiedStageGraph._execute_node",
        old=(
            "stage_output, stage_result = await self._run_stage(spec, stage_ctx, interceptor_ctx)"
        ),
        new=(
            "async with self.__dict__.setdefault('_lock', asyncio.Lock()):\n"
            "        stage_output, stage_result ="
            " await self._run_stage(spec, stage_ctx, interceptor_ctx)"
        ),
        recipe="DAG-003",
        difficulty="visible",
        capability="parallel_stages",
    ),
    Mutant(
        name="the duration of a stage begins with its run",
        place="stageflow.pipeline.dag:UnifiedStageGraph._run_stage",
        old="started_at = datetime.now(UTC)",
        new="started_at = ctx.timer.started_at",
        recipe="OBS-003",
        difficulty="visible",
        capability="durations_told",
    ),
    Mutant(
        name="whole seconds are left out of the durations of stages",
        place="stageflow.pipeline.dag:UnifiedStageGraph._duration_ms",
        old="int((ended_at - started_at).total_seconds() * 1000)",
        new="(ended_at - started_at).microseconds // 1000",
        recipe="OBS-003",
        difficulty="input",
        capability="durations_told",
    ),
    Mutant(
        name="only stages that succeed are told",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="self._publish_stage_wide_event(interceptor_ctx, stage_result)",
        new=(
            "if stage_output.status == StageStatus.OK:\n"
            "                        self._publish_stage_wide_event(interceptor_ctx, stage_result)"
        ),
        recipe="OBS-002",
        difficulty="input",
        capability="stages_told",
    ),
    Mutant(
        name="of stages that end at the same moment one is told",
        place="stageflow.pipeline.dag:UnifiedStageGraph.run",
        old="self._publish_stage_wide_event(interceptor_ctx, stage_result)",
        new=(
            "if task is next(iter(done)):\n"
            "                        self._publish_stage_wide_event(interceptor_ctx, stage_result)"
        ),
        recipe="OBS-002",
        difficulty="interleaving",
        capability="stages_told",
    ),
    Mutant(
        name="a stage that failed is logged as completed",
        place="stageflow.pipeline.interceptors:LoggingInterceptor.after",
        old='"status": _result.status',
        new='"status": "completed"',
        recipe="OBS-002",
        difficulty="input",
        capability="stages_told",
    ),
)
