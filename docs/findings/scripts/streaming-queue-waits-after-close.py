"""A consumer waits for ever at a queue that was closed.
Law: A bounded queue gives each chunk that it has taken once, in the order of coming, holds no
more than fits, drops only the oldest where it is full and was told to, and when it is closed
gives every consumer what is left and then the end. [streaming/queue]
Expected, as promised: “The item, or None if queue is closed.”
(stageflow/helpers/streaming.py:395)
Actual on stageflow-core==1.2.0: call c2.0 closed the queue, and call c1.0 of get waits for ever.
Scenario: One chunk queue with capacity 1, drops false. Client c0 calls get(). Client c1 calls
get(). Client c2 calls close().
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
    from stageflow.helpers.streaming import ChunkQueue
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'capacity': 1, 'drops': False}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'get', {}, 0.0, None),
    ('c1.0', 'c1', 'get', {}, 0.0, None),
    ('c2.0', 'c2', 'close', {}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '74234e98afe7498f', [], []],
 'c1.0': ['', '', [], []],
 'c2.0': ['returned', '74234e98afe7498f', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    emit = lambda self, name, **value: None

class Binding:

    def __init__(self, settings, bench):
        self.bench = bench
        self.queue = ChunkQueue(max_size=settings['capacity'], drop_on_overflow=settings['drops'], event_emitter=self.event)

    def event(self, event_type, data):
        if event_type == 'stream.chunk_dropped':
            pass

    async def perform(self, operation, arguments):
        return await getattr(self.queue, operation)()

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
