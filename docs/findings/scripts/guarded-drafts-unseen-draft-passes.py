"""A draft passes a guard that has only seen an earlier one.
Law: A draft that a guard refuses is made anew from the same source, one at a time, until a …
Expected, as promised: “Policy describing how to retry when a guard stage fails.” …
Actual on stageflow-core==1.2.0: call c0.0: draft 2 went on, and guard 1 has only seen {'from': …
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
    from stageflow import Pipeline, PipelineContext, PipelineResults, StageKind, StageOutput
    from stageflow.pipeline.guard_retry import GuardRetryPolicy, GuardRetryStrategy
    from stageflow.pipeline.interceptors import TimeoutInterceptor
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'guards': 2, 'attempts': 2, 'alike': 1, 'fields': ['why', 'more'], 'limit_ms': 1}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'run', {}, 0.0, None),
]
WORKS = {('c0.0', 'guard 0'): [(1.0, '', {'more': 0, 'passes': False, 'why': ''}, False),
                       (1.0, '', {'more': 0, 'passes': True, 'why': ''}, False)],
 ('c0.0', 'guard 1'): [(1.0, '', {'more': 0, 'passes': True, 'why': ''}, False)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['returned', 'de7272ff4a6e7d49',
          ['source', 'draft', 'guard 0', 'guard 1', 'draft', 'guard 0', 'behind'],
          [0.0, 1.0, 2.0, 2.0, 3.0, 4.0, 5.0]]}  # how a call ended; the caller's own code that began, and when (ms)
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
        guards = [f'guard {number}' for number in range(settings['guards'])]
        limit = settings['limit_ms']
        policy = GuardRetryPolicy(retry_stage='draft', max_attempts=settings['attempts'], stagnation_limit=settings['alike'], hash_fields=tuple(settings['fields']) or None, timeout_seconds=None if limit is None else limit / 1000)
        pipeline = Pipeline().with_stage('source', self.works('source'), StageKind.ENRICH)
        pipeline = pipeline.with_stage('draft', self.works('draft', 'source'), StageKind.TRANSFORM, ('source',))
        for name in guards:
            pipeline = pipeline.with_stage(name, self.guards(name), StageKind.GUARD, ('draft',))
        behind = self.works('behind', 'draft')
        pipeline = pipeline.with_stage('behind', behind, StageKind.WORK, ('draft', *guards))
        strategy = GuardRetryStrategy(dict.fromkeys(guards, policy))
        alone = [TimeoutInterceptor()]
        self.graph = pipeline.build(interceptors=alone, guard_retry_strategy=strategy)
    def works(self, label, of=None):
        async def run(ctx):
            given = ctx.inputs.get_from(of, 'it') if of else None
            return StageOutput.ok(it=await self.bench.work(label, given))
        return run
    def guards(self, label):
        async def run(ctx):
            found = await self.bench.work(label, ctx.inputs.get_from('draft', 'it'))
            if found['passes']:
                return StageOutput.ok(found)
            return StageOutput.fail(error=found['why'], data=found)
        return run
    async def perform(self, operation, arguments):
        names = 'pipeline_run_id request_id session_id user_id org_id interaction_id'.split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        more = {'topology': 'guarded', 'execution_mode': 'test', 'data': {}}
        outputs: PipelineResults = await self.graph.run(PipelineContext(**ids, **more))
        return {name: outputs[name].data['it'] for name in ('draft', 'behind')}
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
