"""A team's pipeline, graph or function: every stage runs through the bench."""

import asyncio
import json
import uuid
from dataclasses import replace

import stageflow
from stageflow.pipeline.dag import UnifiedStageGraph
from stageflow.stages.inputs import create_stage_inputs

from production_testers.model.errors import UsageError
from production_testers.model.target import Target
from production_testers.suts.plain_bench import PlainBench
from production_testers.suts.reference.units.target import called
from production_testers.suts.targets import (
    Wrapped,
    answered,
    is_handler,
    load,
    place_of,
    plain_stages,
)

BUILDERS = (UnifiedStageGraph, stageflow.Pipeline)


class Binding:
    errors = {}
    components = {"handle": "stageflow.pipeline.dag.UnifiedStageGraph.run"}

    def __init__(self, settings, bench):
        target = Target.from_json(settings["target"])
        self.control = settings["control"]
        self.wrapped = Wrapped.make(target, bench, is_made)
        self.graph = None

    @classmethod
    def stages_of(cls, target):
        made = asyncio.run(Wrapped.make(target, PlainBench(), is_made).ready())
        if is_handler(made) and not isinstance(made, BUILDERS):
            return plain_stages(target, made)
        runners = {name: spec.runner for name, spec in getattr(made, "stages", {}).items()}
        if not runners:
            graph = checked(graph_of(made), target)
            runners = {name: spec.runner for name, spec in specs_of(graph).items()}
        kind = "a pipeline" if isinstance(made, stageflow.Pipeline) else "a built graph"
        return kind, {name: place_of(behind(runner)) for name, runner in runners.items()}

    async def perform(self, operation, arguments):
        made = await self.wrapped.ready()
        if is_handler(made) and not isinstance(made, BUILDERS):
            return await called(self.wrapped, arguments)
        if self.graph is None or isinstance(made, stageflow.Pipeline):
            self.graph = wrap(graph_of(made), self.wrapped)  # Pipeline.run builds for every run
        graph, run = self.graph, self.alone if self.control else self.run
        return await answered(self.wrapped, arguments, lambda request: run(graph, request))

    async def run(self, graph, request):
        return outputs_of(await graph.run(self.context(request)))

    async def alone(self, graph, request):
        """The control: the same stages as plain tasks that wait for what they depend on."""
        ctx, given, tasks = self.context(request), {}, {}

        async def one(spec):
            await asyncio.gather(*(tasks[name] for name in spec.dependencies))
            output = as_output(await spec.runner(stage_context(ctx, spec, given)))
            if output.status.value in ("fail", "cancel", "retry"):
                raise RuntimeError(f"Stage '{spec.name}' ended with {output.status.value}")
            given[spec.name] = output

        try:
            async with asyncio.TaskGroup() as group:
                for spec in in_order(graph):
                    tasks[spec.name] = group.create_task(one(spec))
        except ExceptionGroup as several:
            raise several.exceptions[0] from several
        return outputs_of(given)

    def context(self, request):
        target = self.wrapped.target
        if target.context:
            return load(target.context, target.folder)(request)
        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.uuid4() for name in names}
        text = request if isinstance(request, str) else json.dumps(request)
        more = {"topology": "target", "execution_mode": "test", "data": {}}
        if isinstance(request, dict):
            more["metadata"] = dict(request)
        return stageflow.PipelineContext(**ids, input_text=text, **more)


def is_made(found):
    return isinstance(found, BUILDERS)


def checked(graph, target):
    if not isinstance(graph, UnifiedStageGraph):
        raise UsageError(
            f"The target {target.object!r} gives a {type(graph).__name__}, which cannot be"
            " executed.",
            do="Name a pipeline, a graph, a factory of one, or an async function of one request.",
        )
    return graph


def behind(runner):
    """The team's own stage, where the runner is a function that the framework puts around it."""
    if getattr(runner, "__module__", "").partition(".")[0] != "stageflow":
        return runner
    cells = [cell.cell_contents for cell in getattr(runner, "__closure__", None) or ()]
    kept = [*(getattr(runner, "__defaults__", None) or ()), *cells]
    return next((one for one in kept if hasattr(one, "execute")), runner)


def graph_of(made):
    return made.build() if isinstance(made, stageflow.Pipeline) else made


def specs_of(graph):
    return dict(graph._specs)


def in_order(graph):
    specs, done = specs_of(graph), []
    while len(done) < len(specs):
        names = {spec.name for spec in done}
        done += [s for s in specs.values() if s.name not in names and names >= set(s.dependencies)]
    return done


def wrap(graph, wrapped):
    """The graph with every stage's runner going through the bench."""
    checked(graph, wrapped.target)
    for name, spec in specs_of(graph).items():
        graph._specs[name] = replace(spec, runner=through(spec, wrapped))
    return graph


def through(spec, wrapped):
    async def runner(ctx):
        async def run():
            return await spec.runner(ctx)

        return await wrapped.stage(spec.name, run)

    return runner


def outputs_of(outputs):
    return {
        name: {"status": output.status.value, "data": dict(output.data)}
        for name, output in outputs.items()
    }


def as_output(given):
    if isinstance(given, stageflow.StageOutput):
        return given
    return stageflow.StageOutput.ok(data=dict(given or {}))


def stage_context(ctx, spec, given):
    """The context of one stage, with what its dependencies gave."""
    chosen = {name: given[name] for name in spec.dependencies if name in given}
    snapshot = ctx.to_snapshot() if hasattr(ctx, "to_snapshot") else ctx.snapshot
    inputs = create_stage_inputs(
        snapshot, prior_outputs=chosen, declared_deps=spec.dependencies, stage_name=spec.name
    )
    return stageflow.StageContext(
        snapshot=snapshot, inputs=inputs, stage_name=spec.name, timer=stageflow.PipelineTimer()
    )
