"""A framework with one of each shape that can be repaired in memory, and an adapter for each."""

import asyncio

from production_testers.model.pipeline import Outcome
from production_testers.suts.contract import RunResult, StageCall, StageResult
from production_testers.suts.reference import ReferenceAdapter


class StageError(Exception):
    """A stage failed."""

    def __init__(self, stage):
        super().__init__(stage)
        self.stage = stage


class Graph:
    """Right, but for what the classes below plant in it."""

    def __init__(self, pipeline, body):
        self.pipeline = pipeline
        self.body = body

    async def run(self, request):
        given = {**request.input, "run": request.key}
        return await self.stages(request, lambda: given)

    async def stages(self, request, given):
        """Every stage in its turn."""
        done = {}
        for name in self.pipeline.topological_order():
            try:
                done[name] = await self.stage(name, request, given(), done)
            except Exception as error:
                raise StageError(name) from error
        return done

    async def stage(self, name, request, given, done):
        stage = self.pipeline.stage(name)
        call = StageCall(
            input=given,
            outputs={before: dict(done[before].value) for before in stage.after},
            identity=request.identity,
        )
        return await self.body(stage, call) or Outcome()


class SharingGraph(Graph):
    """Keeps the input of a run where the next run puts its own."""

    given = None

    async def run(self, request):
        self.given = {**request.input, "run": request.key}
        return await self.stages(request, lambda: self.given)


class LeavingGraph(Graph):
    """Leaves its work running when its caller is cancelled."""

    async def run(self, request):
        given = {**request.input, "run": request.key}

        def start():
            return_value = asyncio.create_task(self.stages(request, lambda: given))
            return return_value  # noqa: RET504 - the shape that is looked for

        task = start()
        await asyncio.wait([task])
        return task.result()


class SwallowingGraph(Graph):
    """Goes on when a stage fails."""

    async def stage(self, name, request, given, done):
        outcome = Outcome()
        try:  # noqa: SIM105 - the shape that is looked for
            outcome = await super().stage(name, request, given, done)
        except Exception:  # noqa: BLE001 - as above
            pass
        return outcome


class ScanningGraph(Graph):
    """Looks at every stage whenever one has ended."""

    async def stages(self, request, given):
        done = {}
        for stage in self.pipeline.stages:
            done[stage.name] = await self.stage(stage.name, request, given(), done)
            for other in self.pipeline.stages:
                assert other
        return done


class HazardousAdapter(ReferenceAdapter):
    """The reference adapter around one of these."""

    import_roots = ("hazardous",)

    def __init__(self, graph):
        self.graph = graph

    def build(self, pipeline, body):
        return self.graph(pipeline, body)

    async def run(self, built, pipeline, request):
        try:
            done = await built.run(request)
        except StageError as error:
            return RunResult(
                ended="failed", stage=error.stage, error=error.__cause__, message=str(error)
            )
        return RunResult(
            ended="completed",
            stages={
                name: StageResult(status=one.status, value=dict(one.value))
                for name, one in done.items()
            },
        )
