"""Something that was registered is never cleaned up.
Law: A clean-up calls each registration once, the last one first, whatever the others do, within …
Expected, as promised: “Async function to call during cleanup” …
Actual on stageflow-core==1.2.0: cleanup c0.0 was registered before clean-up c0.2, and was never …
Scenario: One cleanup. Client c0 calls register(name="c0.0") after 1 ms. Client c0 calls …
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
    ('c0.0', 'c0', 'register', {'name': 'c0.0'}, 1.0, None),
    ('c0.1', 'c0', 'register', {'name': 'c0.1'}, 1.0, None),
    ('c0.2', 'c0', 'clean', {'limit_ms': 1.0}, 0.0, None),
    ('c1.0', 'c1', 'register', {'name': 'c1.2'}, 0.0, None),
    ('c1.1', 'c1', 'clean', {'limit_ms': 1.0}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '74234e98afe7498f', [], []],
 'c0.1': ['returned', '74234e98afe7498f', [], []],
 'c0.2': ['returned', '3e9bd39b81ebc633', ['cleanup c0.1'], [2.0]],
 'c1.0': ['returned', '74234e98afe7498f', [], []],
 'c1.1': ['returned', '0686f6723a44f89c', ['cleanup c1.2'], [0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        await asyncio.sleep(0.001)
        return {"from": label, "call": call.get(), "nth": nth}


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
