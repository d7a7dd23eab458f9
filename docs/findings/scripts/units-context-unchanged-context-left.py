"""A call leaves its own context variables to its caller.
Law: After a call the context variables of its caller are what they were before, unless setting …
Expected, as promised: “- Error handling and result normalization” …
Actual on stageflow-core==1.2.0: call c0.0 of run returned {'ok': True, 'cancelled': False, …
Scenario: One runner with stages 1, checks false, keeps false. Call run(run="run c0.0", …
Needs stageflow-core==1.2.0. Ends with 1: it shows; 0: it does not; 2: cannot tell.
"""
import asyncio, contextvars, hashlib, json, os, sys, time
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
    from stageflow import Pipeline, StageKind, StageOutput
    from stageflow.helpers.run_utils import PipelineRunner
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'stages': 1, 'checks': False, 'keeps': False}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'run', {'run': 'run c0.0', 'text': ''}, 0.0, None),
]
WORKS = {('c0.0', 'stage 0'): [(1.0, '', {'ends': 'ok'}, False)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['returned', '6c7e61be0291daa6', ['stage 0'], [0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}
class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        works = WORKS.get((call.get(), label)) or [(1, "", None, False)]
        ms, fails, gives, hangs = works[min(nth, len(works)) - 1]
        await (loop.create_future() if hangs else asyncio.sleep(ms / 1000))
        return {"from": label, "call": call.get(), "nth": nth} if gives is None else gives
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))
class Binding:
    def __init__(self, settings, bench):
        self.bench = bench
        more = {'capture_events': settings['keeps'], 'enable_immutability_check': settings['checks']}
        self.runner = PipelineRunner(verbose=False, **more)
        self.pipeline, before = (Pipeline(), ())
        for number in range(settings['stages']):
            name = f'stage {number}'
            self.pipeline = self.pipeline.with_stage(name, self.stage(name), StageKind.TRANSFORM, before)
            before = (name,)
    def stage(self, name):
        async def run(ctx):
            snapshot = ctx.snapshot
            given = {'text': snapshot.input_text, 'mode': snapshot.execution_mode}
            given['notes'] = snapshot.metadata.get('notes')
            gave = await self.bench.work(name, given)
            if gave['ends'] == 'writes':
                ctx.snapshot.metadata['written'] = name
            if gave['ends'] == 'cancels':
                return StageOutput.cancel('enough')
            return StageOutput.fail('refused') if gave['ends'] == 'refuses' else StageOutput.ok(gave)
        return run
    async def perform(self, operation, arguments):
        mode = {}
        names = 'pipeline_run_id request_id session_id user_id interaction_id'.split()
        ids = {one: uuid.UUID(self.bench.identifier(one, arguments['run'])) for one in names}
        result = await self.runner.run(self.pipeline, input_text=arguments['text'], **mode, **ids)
        stages = {name: data for name, data in result.stages.items() if 'ends' in data}
        told = {'ok': result.success, 'cancelled': result.cancelled, 'error': result.error}
        return {**told, 'stages': stages, 'events': len(result.events)}
def digest(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
async def client(unit, name):
    for key, _, operation, arguments, after, gives_up in [c for c in CALLS if c[1] == name]:
        call.set(key)
        task = asyncio.create_task(unit.perform(operation, arguments))
        [end] = await asyncio.gather(task, return_exceptions=True)
        how = "raised" if isinstance(end, Exception) else "returned"
        detail = digest(end) if how == "returned" else type(end).__name__
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
