"""The summary of a run leaves out the stage that failed.
Law: Of every stage that ended, and of every run, one summary tells how it ended and how long it …
Expected, as promised: “Emit a wide event summarizing an entire pipeline run.” …
Actual on stageflow-core==1.2.0: call c0.0: stage 0 ended (failed), and the summary of its run …
Scenario: One run summary with stages 1, shape "chain". Call run(run="run c2.0"). Its stage 0: …
Needs stageflow-core==1.2.0. Ends with 1: it shows; 0: it does not; 2: cannot tell.
"""
import asyncio, contextvars, os, sys, time
sys.excepthook = lambda _, error, __: (print("cannot tell:", repr(error)), os._exit(2))
now, loop = 0.0, asyncio.new_event_loop()  # time jumps: nobody waits
select, loop.time, epoch = loop._selector.select, lambda: now, time.time()
def jump(timeout):
    global now
    assert timeout is not None, "nothing can happen any more"
    now += timeout
    return select(0)
loop._selector.select = jump
time.time, time.monotonic, time.perf_counter = lambda: epoch + now, lambda: now, lambda: now
try:
    import uuid
    from stageflow import Pipeline, PipelineContext, PipelineResults, StageKind, StageOutput
    from stageflow.pipeline.interceptors import TimeoutInterceptor
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'stages': 1, 'shape': 'chain'}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'run', {'run': 'run c2.0'}, 0.0, None),
]
WORKS = {('c0.0', 'stage 0'): [(1.0, 'value', {'refuses': False}, False)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['raised', 'UnifiedStageExecutionError', ['stage 0'], [0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
ERRORS = {"value": ValueError}
call, log, ended = contextvars.ContextVar("call", default=""), [], {}
class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        works = WORKS.get((call.get(), label)) or [(1, "", None, False)]
        ms, fails, gives, hangs = works[min(nth, len(works)) - 1]
        await (loop.create_future() if hangs else asyncio.sleep(ms / 1000))
        if fails:
            raise ERRORS[fails](f"{label} of {call.get()}, execution {nth}")
        return {"from": label, "call": call.get(), "nth": nth} if gives is None else gives
    emit = lambda self, name, **value: None
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))
STATUS = {'completed': 'ok', 'failed': 'failed', 'cancelled': 'cancelled'}
class Binding:
    def __init__(self, settings, bench):
        self.bench, self.runs = (bench, {})
        pipeline, before = (Pipeline(name='told'), ())
        for number in range(settings['stages']):
            name = f'stage {number}'
            pipeline = pipeline.with_stage(name, self.stage(name), StageKind.TRANSFORM, before)
            before = (name,) if settings['shape'] == 'chain' else ()
        told = {'emit_stage_wide_events': True, 'emit_pipeline_wide_event': True}
        self.graph = pipeline.build(interceptors=[TimeoutInterceptor()], **told)
    def stage(self, name):
        async def run(ctx):
            given = await self.bench.work(name)
            return StageOutput.fail('refused') if given['refuses'] else StageOutput.ok(given)
        return run
    def try_emit(self, *, type, data):
        if type == 'stage.wide':
            told = {'label': data['stage'], 'status': STATUS.get(data['status'], data['status'])}
            self.emit('stage summary', data, **told)
        if type == 'pipeline.wide':
            details = data['stage_details']
            stages = {one['stage']: STATUS.get(one['status'], one['status']) for one in details}
            counts = {STATUS.get(name, name): n for name, n in data['stage_counts'].items()}
            status = STATUS.get(data['status'], data['status'])
            self.emit('run summary', data, status=status, stages=stages, counts=counts)
    def emit(self, name, data, **told):
        pass
    async def perform(self, operation, arguments):
        names = 'pipeline_run_id request_id session_id user_id org_id interaction_id'.split()
        ids = {one: uuid.UUID(self.bench.identifier(one, arguments['run'])) for one in names}
        self.runs[str(ids['pipeline_run_id'])] = arguments['run']
        more = {'topology': 'told', 'execution_mode': 'test', 'data': {}}
        _: PipelineResults = await self.graph.run(PipelineContext(**ids, **more, event_sink=self))
async def client(unit, name):
    for key, _, operation, arguments, after, gives_up in [c for c in CALLS if c[1] == name]:
        call.set(key)
        task = asyncio.create_task(unit.perform(operation, arguments))
        [end] = await asyncio.gather(task, return_exceptions=True)
        how = "raised" if isinstance(end, Exception) else "returned"
        detail = type(end).__name__
        ended[key] = ["cancelled", ""] if task.cancelled() else [how, detail]
        print(key, operation, ended[key][0], end)
try:
    loop.run_until_complete(client(Binding(SETTINGS, Bench()), "c0"))
except AssertionError as stuck:
    print(stuck)
for key, (*how, labels, moments) in OBSERVED.items():
    began = [(seen, ms) for one, _, ms, seen in log if one == key]
    late = any(abs(ms - at) > 1 for (_, ms), at in zip(began, moments))
    if ended.get(key, ["", ""]) != how or [label for label, _ in began] != labels or late:
        sys.exit(print("it does not show:", key, ended.get(key), began) or 0)
sys.exit(print("it shows") or 1)
