"""stageflow-core behind the adapter contract; differences between releases are told by features.

Releases without `PipelineContext.derive_root_stage_context` take a `StageContext` as root; see
`_root_context`. A stage instance with `async execute(ctx)` is a runner in every release.
"""

import inspect
import json
import pkgutil
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from typing import Any
from uuid import UUID

import stageflow
from stageflow.context import ContextSnapshot
from stageflow.context.identity import RunIdentity
from stageflow.pipeline.dag import UnifiedPipelineCancelled, UnifiedStageExecutionError
from stageflow.pipeline.subpipeline import ChildRunTracker, SubpipelineSpawner
from stageflow.stages.inputs import create_stage_inputs

from production_testers.model import seeds
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.pipeline import Identity, Outcome, PipelineSpec, StageSpec, Status
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability, SutDescription
from production_testers.model.target import Target
from production_testers.suts.citations import locate
from production_testers.suts.contract import (
    Bench,
    Body,
    BoundUnit,
    RunResult,
    StageCall,
    StageResult,
    StageTold,
)
from production_testers.suts.stageflow import telling, units
from production_testers.suts.stageflow.promises import COMPONENTS, DISTRIBUTION, PROMISES, REDACTS
from production_testers.suts.stageflow.words import nearest
from production_testers.suts.targets import is_coroutine, plain_stages

try:
    from stageflow.pipeline.idempotency import IdempotencyInterceptor
    from stageflow.pipeline.interceptors import get_default_interceptors
except ImportError:  # older releases
    IdempotencyInterceptor = get_default_interceptors = None
try:
    from stageflow.helpers.guardrails import PIIDetector
except ImportError:  # older releases
    PIIDetector = None

_CANONICAL_CONTEXT = hasattr(stageflow.PipelineContext, "derive_root_stage_context")
_INTERCEPTED = "interceptors" in inspect.signature(stageflow.Pipeline.build).parameters
_WIDE_EVENTS = "emit_stage_wide_events" in inspect.signature(stageflow.Pipeline.build).parameters
_CHILD_CONTEXTS = hasattr(stageflow.StageContext, "as_pipeline_context")

_HAS = {
    Capability.STAGE_TIMEOUT: _INTERCEPTED and _CANONICAL_CONTEXT,
    Capability.NESTED_PIPELINES: _CHILD_CONTEXTS and _CANONICAL_CONTEXT,
    Capability.IDEMPOTENCY: IdempotencyInterceptor is not None and _INTERCEPTED,
    Capability.REDACTION: PIIDetector is not None,
}
"""What the words alone do not tell: whether this release's API lets a caller have it."""


class StageflowAdapter:
    """Runs pipelines on whichever release is installed."""

    name = DISTRIBUTION
    import_roots = ("stageflow", "uuid6", "pydantic")

    def __init__(self) -> None:
        self.emitted: Callable[[str, Mapping[str, Any]], None] | None = None
        self._description: SutDescription | None = None

    def describe(self) -> SutDescription:
        """Only what this release says of itself counts as a capability; it is read once."""
        if self._description is None:
            self._description = self._read()
        return self._description

    def _read(self) -> SutDescription:
        capabilities = {}
        for capability, promise in PROMISES.items():
            citation = locate(DISTRIBUTION, promise)
            if citation and _has(capability):
                capabilities[capability] = citation
        return SutDescription(
            name=DISTRIBUTION,
            version=metadata.version(DISTRIBUTION),
            capabilities=capabilities,
            words={
                way: found
                for way, citation in nearest()
                if (found := locate(DISTRIBUTION, citation)) is not None
            },
            components={
                capability: name for capability, name in COMPONENTS.items() if _importable(name)
            },
            redacts=REDACTS if Capability.REDACTION in capabilities else frozenset(),
        )

    def build(self, pipeline: PipelineSpec, body: Body) -> Any:
        """A `UnifiedStageGraph`, with the interceptors that the release has by default."""
        spawner = SubpipelineSpawner(ChildRunTracker())
        return _graph(pipeline, _Making(body, spawner, watched=self.emitted is not None))

    def told_of_stage(self, name: str, content: Mapping[str, Any]) -> StageTold | None:
        """Wide events, and the records of the loggers that follow stages."""
        return telling.told_of_stage(name, content)

    def components_of(self, name: str) -> Mapping[str, str]:
        """As the binding says, where this release has the name."""
        named = units.binding(name).components
        return {operation: at for operation, at in named.items() if _importable(at)}

    def stages_of(self, target: Target, found: Any) -> tuple[str, dict[str, tuple[str, str]]]:
        """The stages of a pipeline or a graph; a factory is called with its services."""
        if is_coroutine(found, target):
            return plain_stages(target, found)
        told: tuple[str, dict[str, tuple[str, str]]] = units.binding("target").stages_of(target)
        return told

    def unit(self, name: str, settings: Mapping[str, Json], bench: Bench) -> BoundUnit:
        """An object of this release, as its documentation shows it."""
        bound: BoundUnit = units.binding(name)(settings, bench)
        return bound

    async def run(self, built: Any, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        """`graph.run(root context)`."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                coroutine = built.run(_root_context(pipeline, request, _Sink(self)))
            return _completed(await coroutine)
        except Exception as error:  # noqa: BLE001 - whatever escapes is the framework's answer
            return _ended(error)


@dataclass(frozen=True, slots=True)
class _Making:
    """What the stages of a graph are made with.

    Attributes:
        body: The instrumented stage.
        spawner: Runs nested pipelines; all of one built pipeline share it.
        watched: Whether somebody listens to the events, so that all of them are wanted.
        run: Key of the nested run that the graph is made for; None for the outermost graph.
    """

    body: Body
    spawner: SubpipelineSpawner
    watched: bool = False
    run: str | None = None


class _Sink:
    """An event sink that hands on what stageflow emits to whoever listens."""

    def __init__(self, adapter: StageflowAdapter) -> None:
        self._adapter = adapter

    async def emit(self, *, type: str, data: dict[str, Any] | None) -> None:  # noqa: A002 - theirs
        """Part of stageflow's protocol."""
        self.try_emit(type=type, data=data)

    def try_emit(self, *, type: str, data: dict[str, Any] | None) -> None:  # noqa: A002 - theirs
        """Part of stageflow's protocol."""
        if self._adapter.emitted is not None:
            self._adapter.emitted(type, data or {})


def _graph(pipeline: PipelineSpec, making: _Making) -> Any:
    built = stageflow.Pipeline()
    for stage in pipeline.stages:
        built = built.with_stage(
            stage.name,
            _Runner(stage, making),
            stageflow.StageKind(stage.kind.value),
            dependencies=stage.after,
            conditional=stage.skippable,
        )
    options: dict[str, Any] = {}
    if making.watched and _WIDE_EVENTS:
        options |= {"emit_stage_wide_events": True, "emit_pipeline_wide_event": True}
    if pipeline.deduplicates:
        options["interceptors"] = _deduplicating()
    return built.build(**options)


def _deduplicating() -> list[Any]:
    """The default interceptors, and one for idempotency keys where none is among them.

    Two of them lock each other out, and that would be our doing.
    """
    interceptors = list(get_default_interceptors())
    if not any(isinstance(one, IdempotencyInterceptor) for one in interceptors):
        interceptors.append(IdempotencyInterceptor())
    return interceptors


def _ended(error: Exception) -> RunResult:
    """What stageflow raised instead of giving outputs, in the harness's words."""
    if isinstance(error, UnifiedStageExecutionError):
        return RunResult(
            ended="failed", stage=error.stage, error=error.original, message=str(error)
        )
    if isinstance(error, UnifiedPipelineCancelled):
        return RunResult(
            ended="cancelled",
            stage=error.stage,
            message=str(error),
            stages=_stage_results(error.results),
        )
    return RunResult(ended="failed", error=error, message=f"{type(error).__name__}: {error}")


def _completed(outputs: Mapping[str, Any]) -> RunResult:
    return RunResult(ended="completed", stages=_stage_results(outputs))


class _Runner:
    """A stageflow stage around the instrumented body."""

    def __init__(self, stage: StageSpec, making: _Making) -> None:
        self.name = stage.name
        self.kind = stageflow.StageKind(stage.kind.value)
        self._stage = stage
        self._making = making

    async def execute(self, ctx: Any) -> Any:
        """Hand over what stageflow gave, and give back the outcome in stageflow's own types."""
        call = _stage_call(ctx, self._making.run)
        if self._stage.nested is not None:
            call = replace(call, nest=partial(self._nest, ctx))
        outcome = await self._making.body(self._stage, call)
        return None if outcome is None else _stage_output(outcome)

    async def _nest(self, ctx: Any, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        """Spawn a child run, as stageflow's own tools do; the runner is the caller's code.

        What the spawner says of the child's end is what counts.
        """
        graph = _graph(pipeline, replace(self._making, run=request.key))
        seen: list[RunResult] = []

        async def runner(child: Any) -> dict[str, Any]:
            try:
                outputs = await graph.run(child)
            except Exception as error:
                seen.append(_ended(error))
                raise
            seen.append(_completed(outputs))
            return dict(outputs)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            parent = ctx.as_pipeline_context()
        correlation = seeds.uuid_for(0, "correlation", request.key)
        spawned = await self._making.spawner.spawn(
            pipeline.name, parent, correlation, self._stage.name, runner
        )
        result = seen[0] if seen else RunResult(ended="failed", message=str(spawned.error))
        if spawned.success == (result.ended == "completed"):
            return result
        return replace(result, ended="completed" if spawned.success else "failed")


def _has(capability: Capability) -> bool:
    unit = units.CAPABILITIES.get(capability)
    return _HAS.get(capability, True) and (unit is None or units.is_there(unit))


def _importable(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def _root_context(pipeline: PipelineSpec, request: RunRequest, sink: _Sink) -> Any:
    ids = {
        "pipeline_run_id": seeds.uuid_for(0, "pipeline-run", request.key),
        "request_id": UUID(request.identity.request),
        "session_id": seeds.uuid_for(0, "session", request.key),
        "user_id": UUID(request.identity.user),
        "org_id": UUID(request.identity.tenant),
        "interaction_id": seeds.uuid_for(0, "interaction", request.key),
    }
    text = canonical_json({**request.input, "run": request.key})
    if not _CANONICAL_CONTEXT:
        snapshot = ContextSnapshot(run_id=RunIdentity(**ids), input_text=text)
        return stageflow.StageContext(
            snapshot=snapshot,
            inputs=create_stage_inputs(snapshot),
            stage_name="root",
            timer=stageflow.PipelineTimer(),
            event_sink=sink,
        )
    limit = pipeline.stage_timeout_ms
    data: dict[str, Any] = {} if limit is None else {"_timeout_ms": limit}
    if pipeline.deduplicates and request.idempotency_key is not None:
        data["idempotency_key"] = request.idempotency_key
    return stageflow.PipelineContext(
        **ids,
        input_text=text,
        topology=pipeline.name,
        execution_mode="test",
        data=data,
        event_sink=sink,
    )


def _stage_call(ctx: Any, nested: str | None) -> StageCall:
    inputs = ctx.inputs
    run_id = ctx.snapshot.run_id
    given = json.loads(ctx.snapshot.input_text or "{}")
    if nested is not None and nested.startswith(f"{given.get('run')}/"):
        given["run"] = nested  # a child run inherits its parent's input, and with it the name
    return StageCall(
        input=given,
        outputs={name: output.data for name, output in inputs.prior_outputs.items()},
        identity=Identity(
            tenant=str(run_id.org_id), user=str(run_id.user_id), request=str(run_id.request_id)
        ),
        merged=inputs.get,
        redact=_redact if PIIDetector is not None else None,
    )


def _redact(text: str) -> str:
    """As the documentation of `PIIDetector` shows it."""
    return str(PIIDetector(redact=True).check(text).transformed_content)


def _stage_output(outcome: Outcome) -> Any:
    if outcome.instead is not None:
        return outcome.instead
    output, data = stageflow.StageOutput, dict(outcome.value)
    reason = outcome.reason or ""
    if outcome.status is Status.SKIP:
        return output.skip(reason=reason, data=data)
    if outcome.status is Status.CANCEL:
        return output.cancel(reason=reason, data=data)
    if outcome.status is Status.FAIL:
        return output.fail(error=reason, data=data)
    if outcome.status is Status.RETRY:
        return output.retry(error=reason, data=data)
    if outcome.skip_dependants:
        data["skip_reason"] = outcome.skip_dependants
    return output.ok(data=data)


def _stage_results(outputs: Mapping[str, Any]) -> dict[str, StageResult]:
    return {
        name: StageResult(status=Status(output.status.value), value=dict(output.data))
        for name, output in outputs.items()
    }
