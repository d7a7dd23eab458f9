"""An interceptor is left that was never entered.
Law: Interceptors are called in the order of their priorities, and after the work the other way …
Expected, as promised: “Called after stage completes” (stageflow/pipeline/interceptors.py:149)
Actual on stageflow-core==1.2.0: interceptor a was called after call c0.0, which was answered …
Scenario: One interceptors with chain …
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
    from datetime import UTC, datetime
    from stageflow import PipelineContext
    from stageflow.pipeline.interceptors import BaseInterceptor, ErrorAction, InterceptorResult, run_with_interceptors
    from stageflow.stages.result import StageResult
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'chain': [{'name': 'a', 'rank': 1, 'answers': False, 'retries': False}, {'name': 'c', 'rank': 0, 'answers': True, 'retries': False}]}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'execute', {}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', 'ad48333b8cc4dcbd', ['before c', 'after a', 'after c'], [0.0, 1.0, 2.0]]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}
class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        await asyncio.sleep(0.001)
        return {"from": label, "call": call.get(), "nth": nth}
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))
class Own(BaseInterceptor):
    def __init__(self, one, bench):
        self.name, self.priority = (one['name'], one['rank'])
        self.one, self.bench = (one, bench)
    async def before(self, _stage_name, ctx):
        await self.bench.work(f'before {self.name}')
        if self.one['answers']:
            answer = {'answered': 'by an interceptor'}
            return InterceptorResult(stage_ran=False, result=answer)
        return None
    async def after(self, _stage_name, result, ctx):
        await self.bench.work(f'after {self.name}')
    async def on_error(self, _stage_name, error, ctx):
        await self.bench.work(f'error {self.name}')
        return ErrorAction.RETRY if self.one['retries'] else ErrorAction.FAIL
class Binding:
    def __init__(self, settings, bench):
        self.bench = bench
        self.chain = [Own(one, bench) for one in settings['chain']]
    async def perform(self, operation, arguments):
        async def work():
            begun = datetime.now(UTC)
            data = await self.bench.work('work')
            times = {'started_at': begun, 'ended_at': datetime.now(UTC)}
            return StageResult(name='work', status='completed', data=data, **times)
        names = 'pipeline_run_id request_id session_id user_id org_id interaction_id'.split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        more = {'topology': 'chain', 'execution_mode': 'test', 'data': {}}
        ctx = PipelineContext(**ids, **more)
        result = await run_with_interceptors('work', work, ctx, self.chain)
        if result.status == 'failed':
            raise RuntimeError(result.error)
        return dict(result.data)
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
