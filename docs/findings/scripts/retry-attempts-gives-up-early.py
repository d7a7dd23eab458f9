"""A retry gives up before its attempts are used up.
Law: A retry executes the caller's own code until it succeeds, fails with an error that does not
pass, or the attempts are used up; it waits the stated pause between two attempts; and it ends as
the last attempt did. [retry/attempts]
Expected, as promised: “Maximum retry attempts (including initial)”
(stageflow/pipeline/retry.py:85)
Actual on stageflow-core==1.2.0: call c0.0 raised RuntimeError: Stage timed out after 30000ms
after 1 of 2 attempts, though the last error may pass.
Scenario: One retry with attempts 2, base_ms 1, limit_ms 1, growth "exponential", jitter "none".
Call execute(). Its attempt: takes 1 ms and fails (timeout).
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
    from stageflow.pipeline.interceptors import run_with_interceptors
    from stageflow.pipeline.retry import BackoffStrategy, JitterStrategy, RetryInterceptor
    from stageflow.stages.result import StageResult
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'attempts': 2, 'base_ms': 1, 'limit_ms': 1, 'growth': 'exponential', 'jitter': 'none'}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'execute', {}, 0.0, None),
]
WORKS = {('c0.0', 'attempt'): [(1.0, 'timeout', None, False)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['raised', 'RuntimeError', ['attempt'], [0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
ERRORS = {"timeout": TimeoutError}
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

    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))

class Binding:

    def __init__(self, settings, bench):
        self.bench = bench
        self.retry = RetryInterceptor(max_attempts=settings['attempts'], base_delay_ms=settings['base_ms'], max_delay_ms=settings['limit_ms'], backoff_strategy=BackoffStrategy(settings['growth']), jitter_strategy=JitterStrategy(settings['jitter']))

    async def perform(self, operation, arguments):

        async def work():
            begun = datetime.now(UTC)
            data = await self.bench.work('attempt')
            times = {'started_at': begun, 'ended_at': datetime.now(UTC)}
            return StageResult(name='work', status='completed', data=data, **times)
        names = 'pipeline_run_id request_id session_id user_id org_id interaction_id'.split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        more = {'topology': 'retry', 'execution_mode': 'test', 'data': {}}
        ctx = PipelineContext(**ids, **more)
        result = await run_with_interceptors('work', work, ctx, [self.retry])
        if result.status == 'failed':
            raise RuntimeError(result.error)
        return dict(result.data)

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
