"""An identifier that is new is taken for a used one.
Law: An identifier that was used within the window, and not too many ago, is known; another one is
not; and listeners are told the same as callers. [identifiers/reuse]
Expected, as promised: “How long to retain UUIDs in the sliding window.”
(stageflow/helpers/uuid_utils.py:79)
Actual on stageflow-core==1.2.0: call c1.3 returned True of a, which is not in the window.
Scenario: One id monitor with window_ms 1429, capacity 5. Call observe(id="a"). Call
observe(id="a") after 2200 ms.
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
    from stageflow.helpers.uuid_utils import UuidCollisionMonitor
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'window_ms': 1429, 'capacity': 5}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c1.2', 'c1', 'observe', {'id': 'a'}, 0.0, None),
    ('c1.3', 'c1', 'observe', {'id': 'a'}, 2200.0, None),
]
OBSERVED = {'c1.2': ['returned', 'fcbcf165908dd18a', [], []],
 'c1.3': ['returned', 'b5bea41b6c623f7c', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))

class Binding:

    def __init__(self, settings, bench):
        self.bench = bench
        self.monitor = UuidCollisionMonitor(ttl_seconds=settings['window_ms'] / 1000, max_entries=settings['capacity'], listeners=[self.told])

    def told(self, event):
        pass

    async def perform(self, operation, arguments):
        return self.monitor.observe(uuid.UUID(self.bench.identifier('id', arguments['id'])))

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

try:
    loop.run_until_complete(client(Binding(SETTINGS, Bench()), "c1"))
except AssertionError as stuck:
    print(stuck)
for key, (*how, labels, moments) in OBSERVED.items():
    began = [(seen, ms) for one, _, ms, seen in log if one == key]
    late = any(abs(ms - at) > 1 for (_, ms), at in zip(began, moments))
    if ended.get(key, ["", ""]) != how or [label for label, _ in began] != labels or late:
        sys.exit(print("it does not show:", key, ended.get(key), began) or 0)
sys.exit(print("it shows") or 1)
