"""The lines of a diff are not those of the two texts.
Law: A diff of two texts tells a change where there is one, counts what it tells, and makes the
new text of the old one, as a list of lines and in the unified format. [diff/texts]
Expected, as promised: “changes: List of individual line changes” (stageflow/tools/diff.py:56)
Actual on stageflow-core==1.2.0: of '' and '++' the changes tell [].
Scenario: One diff. Call text(old="", new="++", context=1000000).
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
    from stageflow.tools import diff_text
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'text', {'old': '', 'new': '++', 'context': 1000000}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '6c9ee71bc15f3255', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

class Binding:

    def __init__(self, settings, bench):
        pass

    async def perform(self, operation, arguments):
        old, new = (arguments['old'], arguments['new'])
        told = diff_text(old, new, context_lines=arguments['context'])
        return {'changes': [[line.type, line.content] for line in told.changes], 'output': told.diff_output, 'additions': told.additions, 'deletions': told.deletions}

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
