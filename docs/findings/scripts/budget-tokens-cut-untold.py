"""The receiver of events is not told of a cut.
Law: Tokens are taken exactly when they fit beside what is used and reserved; what was cut is
counted; and the receiver of events is told of every cut. [budget/tokens]
Expected, as promised: “Provides context utilization tracking, truncation event emission,”
(stageflow/context/enrich.py:3)
Actual on stageflow-core==1.2.0: call c1.2 recorded a cut from and to [(3420, 2000)], and [] was
told.
Scenario: One token budget with most 1, reserved 0. Call cut(before=3420, after=2000, why="zu lang
\\u200b").
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
    from stageflow.context.enrich import ContextUtilization, TruncationTracker
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'most': 1, 'reserved': 0}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c1.2', 'c1', 'cut', {'before': 3420, 'after': 2000, 'why': 'zu lang \u200b'}, 0.0, None),
]
OBSERVED = {'c1.2': ['returned', '74234e98afe7498f', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    emit = lambda self, name, **value: None

_MODULE = 'stageflow.context.enrich'

class Binding:

    def __init__(self, settings, bench):
        self.bench = bench
        reserved = settings['reserved']
        self.context = ContextUtilization(settings['most'], reserved_tokens=reserved)
        self.tracker = TruncationTracker(event_sink=self)

    async def emit(self, *, type, data):
        self.try_emit(type=type, data=data)

    def try_emit(self, *, type, data):
        pass

    async def perform(self, operation, arguments):
        texts = {'strategy': 'tail', 'content_type': 'document', 'reason': arguments['why']}
        self.tracker.record_truncation(arguments['before'], arguments['after'], **texts)
        return None

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
    loop.run_until_complete(client(Binding(SETTINGS, Bench()), "c1"))
except AssertionError as stuck:
    print(stuck)
for key, (*how, labels, moments) in OBSERVED.items():
    began = [(seen, ms) for one, _, ms, seen in log if one == key]
    late = any(abs(ms - at) > 1 for (_, ms), at in zip(began, moments))
    if ended.get(key, ["", ""]) != how or [label for label, _ in began] != labels or late:
        sys.exit(print("it does not show:", key, ended.get(key), began) or 0)
sys.exit(print("it shows") or 1)
