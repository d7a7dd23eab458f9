"""Work is turned away while nothing is at work.
Law: Never more pieces of work are at work than there is room for; nobody is turned away unless
that was asked for, nor when nothing is at work any more; counts are true. [concurrency/admission]
Expected, as promised: “Maximum queued stages” (stageflow/pipeline/failure_tolerance.py:177)
Actual on stageflow-core==1.2.0: call c0.0 was turned away, though nothing was at work, nor had
been.
Scenario: One admission with most 1, sheds true, high_share 0.8, queue 1, slow_ms 1. Call
execute(tells=false).
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
    import time
    from stageflow.pipeline.failure_tolerance import BackpressureConfig, BackpressureMonitor
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'most': 1, 'sheds': True, 'high_share': 0.8, 'queue': 1, 'slow_ms': 1}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'execute', {'tells': False}, 0.0, None),
]
OBSERVED = {'c0.0': ['raised', 'ShedError', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        await asyncio.sleep(0.001)
        return {"from": label, "call": call.get(), "nth": nth}


_MONITOR = 'stageflow.pipeline.failure_tolerance.BackpressureMonitor'

class ShedError(Exception):
    pass

class Binding:

    def __init__(self, settings, bench):
        self.bench = bench
        config = BackpressureConfig(max_active_stages=settings['most'], high_watermark=settings['high_share'], latency_threshold_ms=settings['slow_ms'], queue_size_limit=settings['queue'], shed_on_overload=settings['sheds'])
        self.monitor = BackpressureMonitor(config)

    async def perform(self, operation, arguments):
        if not await self.monitor.acquire():
            raise ShedError('acquire() gave False')
        begun = time.perf_counter()
        try:
            return await self.bench.work('work')
        finally:
            took = {'latency_ms': (time.perf_counter() - begun) * 1000}
            self.monitor.release(**took if arguments['tells'] else {})

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
