"""A runner raises instead of answering.
Law: A runner hands its input to every stage and answers instead of raising: that all went well, …
Expected, as promised: “metadata: Optional metadata dict to include in snapshot” …
Actual on stageflow-core==1.2.0: call c0.0 of run_simply raised TypeError: …
Scenario: One runner with stages 1, checks false, keeps false. Call run_simply(run="run c0.1", …
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
    from stageflow import Pipeline, StageKind, StageOutput
    from stageflow.helpers.run_utils import PipelineRunner, run_simple_pipeline
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'stages': 1, 'checks': False, 'keeps': False}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'run_simply', {'run': 'run c0.1', 'text': '', 'notes': {'n': []}}, 0.0, None),
]
WORKS = {('c0.0', 'stage 0'): [(1.0, '', {'ends': 'ok'}, False)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['raised', 'TypeError', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        works = WORKS.get((call.get(), label)) or [(1, "", None, False)]
        ms, fails, gives, hangs = works[min(nth, len(works)) - 1]
        await (loop.create_future() if hangs else asyncio.sleep(ms / 1000))
        return {"from": label, "call": call.get(), "nth": nth} if gives is None else gives


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
        notes = arguments['notes'] and {'notes': arguments['notes']}
        more = {'metadata': notes, **mode}
        result = await run_simple_pipeline(self.pipeline, arguments['text'], **more)
        stages = {name: data for name, data in result.stages.items() if 'ends' in data}
        told = {'ok': result.success, 'cancelled': result.cancelled, 'error': result.error}
        return {**told, 'stages': stages, 'events': len(result.events)}

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
