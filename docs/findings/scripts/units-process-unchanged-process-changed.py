"""Something of the whole process is not put back.
Law: When all calls have ended, the environment, working folder, locale, import path, signal
handlers, root logger and tracing of their process are as before, and no file was written that
nobody named. [units/process-unchanged]
Expected, as promised: “Decorator that records memory usage before/after the wrapped function.”
(stageflow/helpers/memory_tracker.py:83)
Actual on stageflow-core==1.2.0: everything had ended, and was not as before: tracing of memory.
Scenario: One memory samples. When all of these have ended, call stop().
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
    from stageflow.helpers.memory_tracker import MemoryTracker
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('last.0', 'last', 'stop', {}, 0.0, None),
]
OBSERVED = {'last.0': ['returned', '74234e98afe7498f', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

class Binding:

    def __init__(self, settings, bench):
        self.bench = bench
        self.tracker = MemoryTracker(listeners=[self.listen])

    def listen(self, sample):
        pass

    async def perform(self, operation, arguments):
        return self.tracker.stop()

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
    loop.run_until_complete(client(Binding(SETTINGS, Bench()), "last"))
except AssertionError as stuck:
    print(stuck)
for key, (*how, labels, moments) in OBSERVED.items():
    began = [(seen, ms) for one, _, ms, seen in log if one == key]
    late = any(abs(ms - at) > 1 for (_, ms), at in zip(began, moments))
    if ended.get(key, ["", ""]) != how or [label for label, _ in began] != labels or late:
        sys.exit(print("it does not show:", key, ended.get(key), began) or 0)
sys.exit(print("it shows") or 1)
