"""A call waits for ever.
Law: A call ends once the caller's own code that it waits for has ended, and a cancelled call …
Expected, as promised: “IdempotencyStore so concurrent duplicates return the previously …
Actual on stageflow-core==1.2.0: call c0.1 of execute never ended, though all of the callers' …
Scenario: One idempotent calls with keep_s 1. Call execute(key="pay-1", …
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
    from datetime import UTC, datetime
    from stageflow import PipelineContext
    from stageflow.pipeline.idempotency import IdempotencyInterceptor
    from stageflow.pipeline.interceptors import run_with_interceptors
    from stageflow.stages.result import StageResult
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'keep_s': 1}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'execute', {'key': 'pay-1', 'parameters': {'amount': 0}}, 0.0, 0.5),
    ('c0.1', 'c0', 'execute', {'key': 'pay-1', 'parameters': {'amount': 0}}, 0.0, None),
]
OBSERVED = {'c0.0': ['cancelled', '', ['effect stopped'], [0.0]], 'c0.1': ['', '', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append(entry := [call.get(), label, round(now * 1000, 3), label])
        try:
            await asyncio.sleep(0.001)
        except asyncio.CancelledError:
            entry[3] += " stopped"
            raise
        return {"from": label, "call": call.get(), "nth": nth}

    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))

class Binding:

    def __init__(self, settings, bench):
        self.bench = bench
        self.once = IdempotencyInterceptor(ttl_seconds=settings['keep_s'])

    async def perform(self, operation, arguments):

        async def work():
            begun = datetime.now(UTC)
            data = await self.bench.work('effect')
            times = {'started_at': begun, 'ended_at': datetime.now(UTC)}
            return StageResult(name='work', status='completed', data=data, **times)
        names = 'pipeline_run_id request_id session_id user_id org_id interaction_id'.split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        data = {'idempotency_key': arguments['key'], 'idempotency_params': dict(arguments['parameters'])}
        more = {'topology': 'once', 'execution_mode': 'test', 'data': data}
        ctx = PipelineContext(**ids, **more)
        result = await run_with_interceptors('work', work, ctx, [self.once])
        if result.status == 'failed':
            raise RuntimeError(result.error)
        data = result.data
        if isinstance(data, StageResult):
            data = data.data
        return data if isinstance(data, dict) else {}

async def client(unit, name):
    for key, _, operation, arguments, after, gives_up in [c for c in CALLS if c[1] == name]:
        call.set(key)
        task = asyncio.create_task(unit.perform(operation, arguments))
        gives_up is None or loop.call_later(gives_up / 1000, task.cancel)
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
