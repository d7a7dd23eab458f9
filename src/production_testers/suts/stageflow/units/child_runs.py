"""`SubpipelineSpawner` with its `ChildRunTracker`."""

import asyncio
import uuid
import warnings

from stageflow import PipelineContext
from stageflow.events import set_event_sink
from stageflow.pipeline.subpipeline import ChildRunTracker, SubpipelineSpawner

_MODULE = "stageflow.pipeline.subpipeline"
EVENTS = {
    "pipeline.spawned_child": "spawned",
    "pipeline.child_completed": "completed",
    "pipeline.child_failed": "failed",
    "pipeline.canceled": "cancelled",
}


class Sink:
    def __init__(self, bench):
        self.bench = bench

    async def emit(self, *, type, data):  # noqa: A002 - theirs
        self.try_emit(type=type, data=data)

    def try_emit(self, *, type, data):  # noqa: A002 - theirs
        if type in EVENTS:
            child = data.get("child_run_id") or data.get("pipeline_run_id")
            self.bench.emit(EVENTS[type], child=child)


class Binding:
    errors = {}
    components = {
        "spawn": f"{_MODULE}.SubpipelineSpawner.spawn",
        "cancel": f"{_MODULE}.SubpipelineSpawner.cancel_with_children",
        "left": f"{_MODULE}.ChildRunTracker.get_metrics",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        self.tracker = ChildRunTracker()
        self.spawner = SubpipelineSpawner(self.tracker, max_depth=settings["deepest"])
        self.busy = {}
        set_event_sink(Sink(bench))

    async def perform(self, operation, arguments):
        if operation == "left":
            return (await self.tracker.get_metrics())["active_children"]
        if operation == "cancel":
            children = list(self.busy.get(arguments["of"], ()))
            await self.spawner.cancel_with_children(self.identity(arguments["of"]))
            at_work = [child for child in children if child in self.busy[arguments["of"]]]
            marked = [await self.spawner.is_canceled(child) for child in at_work]
            return {"missed": marked.count(False)}
        run, seen = arguments["run"], []
        names = "request_id session_id user_id org_id interaction_id".split()
        ids = {name: self.identity(name) for name in names}
        more = {"topology": "parent", "execution_mode": "test", "data": {"owner": run}}
        parent = PipelineContext(pipeline_run_id=self.identity(run), **ids, **more)
        async with asyncio.TaskGroup() as group:
            children = [self.child(1, parent, arguments, seen) for _ in range(arguments["beside"])]
            beside = [group.create_task(child) for child in children]
        well = all(one.result().success for one in beside)
        return {"well": well, "owner": seen[0], "data": dict(parent.data)}

    async def child(self, level, parent, arguments, seen):
        async def runner(ctx):
            children = self.busy.setdefault(arguments["run"], [])
            children.append(ctx.pipeline_run_id)
            try:
                seen.append(ctx.get_parent_data("owner"))
                ctx.data["owner"] = f"child {level}" if arguments["writes"] else seen[-1]
                await self.bench.work(f"child {level}")
                if level < arguments["levels"]:
                    below = await self.child(level + 1, ctx, arguments, seen)
                    if not below.success:
                        raise RuntimeError(below.error)
                return {}
            finally:
                children.remove(ctx.pipeline_run_id)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            correlation = self.identity("correlation")
            return await self.spawner.spawn("child", parent, correlation, "stage", runner)

    def identity(self, name):
        return uuid.UUID(self.bench.identifier(name))
