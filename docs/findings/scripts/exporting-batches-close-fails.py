"""Closing an exporter fails for a write that failed long before.
Law: An event that an exporter has taken is given to a write once, in the order of taking, …
Expected, as promised: “Close the exporter.” (stageflow/helpers/analytics.py:410)
Actual on stageflow-core==1.2.0: no write failed while it was closed, and call last.0 raised …
Scenario: One batch exporter with batch 2, capacity 1, interval_ms 1. Client c0 calls …
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
    from stageflow.helpers.analytics import AnalyticsEvent, BufferedExporter
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'batch': 2, 'capacity': 1, 'interval_ms': 1}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'add', {'event': 'c0.4'}, 0.0, None),
    ('c0.1', 'c0', 'add', {'event': 'c0.5'}, 1.0, None),
    ('last.0', 'last', 'close', {}, 0.0, None),
]
WORKS = {('c0.0', 'write'): [(1.0, 'error', None, False)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['returned', '74234e98afe7498f', ['write'], [1.0]],
 'c0.1': ['returned', '74234e98afe7498f', [], []],
 'last.0': ['raised', 'RuntimeError', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
ERRORS = {"error": RuntimeError}
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
class Binding:
    def __init__(self, settings, bench):
        self.bench = bench
        self.exporter = BufferedExporter(Writer(bench), batch_size=settings['batch'], flush_interval_seconds=settings['interval_ms'] / 1000, max_buffer_size=settings['capacity'], on_overflow=self.overflow)
    def overflow(self, dropped, _size):
        if dropped > 0:
            pass
    async def perform(self, operation, arguments):
        if operation == 'add':
            return await self.exporter.export(AnalyticsEvent(event_type=arguments['event']))
        return await getattr(self.exporter, operation)()
class Writer:
    def __init__(self, bench):
        self.bench = bench
    async def export_batch(self, events):
        await self.bench.work('write', [event.event_type for event in events])
    async def flush(self):
        pass
    async def close(self):
        pass
def digest(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
async def client(unit, name):
    for key, _, operation, arguments, after, gives_up in [c for c in CALLS if c[1] == name]:
        await asyncio.sleep(after / 1000)
        call.set(key)
        task = asyncio.create_task(unit.perform(operation, arguments))
        [end] = await asyncio.gather(task, return_exceptions=True)
        how = "raised" if isinstance(end, Exception) else "returned"
        detail = digest(end) if how == "returned" else type(end).__name__
        ended[key] = ["cancelled", ""] if task.cancelled() else [how, detail]
        print(key, operation, ended[key][0], end)
async def main(unit):
    names = list(dict.fromkeys(c[1] for c in CALLS))
    await asyncio.gather(*(client(unit, name) for name in names if name != "last"))
    names = ["last"]
    await asyncio.gather(*(client(unit, name) for name in names))
try:
    loop.run_until_complete(main(Binding(SETTINGS, Bench())))
except AssertionError as stuck:
    print(stuck)
for key, (*how, labels, moments) in OBSERVED.items():
    began = [(seen, ms) for one, _, ms, seen in log if one == key]
    late = any(abs(ms - at) > 1 for (_, ms), at in zip(began, moments))
    if ended.get(key, ["", ""]) != how or [label for label, _ in began] != labels or late:
        sys.exit(print("it does not show:", key, ended.get(key), began) or 0)
sys.exit(print("it shows") or 1)
