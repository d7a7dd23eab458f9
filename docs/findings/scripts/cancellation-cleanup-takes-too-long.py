"""A clean-up takes longer than its limit.
Law: A clean-up calls each registration once, the last one first, whatever the others do, within
its limit; it tells which went well and which failed. [cancellation/cleanup]
Expected, as promised: “Maximum time to wait for all cleanups”
(stageflow/pipeline/cancellation.py:81)
Actual on stageflow-core==1.2.0: clean-up c0.1 took 10.007 ms; at most 1 were allowed.
Scenario: One cleanup. Call register(name="c0.2"). Call clean(limit_ms=1.0). Its cleanup c0.2:
never ends.
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
    from stageflow.pipeline.cancellation import CleanupRegistry
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'register', {'name': 'c0.2'}, 0.0, None),
    ('c0.1', 'c0', 'clean', {'limit_ms': 1.0}, 0.0, None),
]
WORKS = {('c0.1', 'cleanup c0.2'): [(1.0, '', None, True)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['returned', '74234e98afe7498f', [], []],
 'c0.1': ['returned', '55068fa8cae4fd0d', ['cleanup c0.2 stopped'], [0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append(entry := [call.get(), label, round(now * 1000, 3), label])
        works = WORKS.get((call.get(), label)) or [(1, "", None, False)]
        ms, fails, gives, hangs = works[min(nth, len(works)) - 1]
        try:
            await (loop.create_future() if hangs else asyncio.sleep(ms / 1000))
        except asyncio.CancelledError:
            entry[3] += " stopped"
            raise
        return {"from": label, "call": call.get(), "nth": nth} if gives is None else gives


_REGISTRY = 'stageflow.pipeline.cancellation.CleanupRegistry'

class Binding:

    def __init__(self, settings, bench):
        self.bench = bench
        self.registry = CleanupRegistry()
        self.callbacks = {}

    async def perform(self, operation, arguments):
        if operation == 'clean':
            limit_s = arguments['limit_ms'] / 1000
            well, failed = await self.registry.run_all(timeout=limit_s)
            return {'well': list(well), 'failed': [name for name, _ in failed]}
        name = arguments['name']

        async def callback():
            await self.bench.work(f'cleanup {name}')
        self.callbacks[name] = callback
        return self.registry.register(callback, name=name)

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
