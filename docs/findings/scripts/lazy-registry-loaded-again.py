"""What is to be loaded once is loaded at every access.
Law: A lazy registry executes what loads it once, and not before something is asked for; it gives
what has a name, says so where nothing has, and lists every name. [lazy/registry]
Expected, as promised: “Register all pipelines (called lazily on first access).”
(stageflow/pipeline/registry.py:57)
Actual on stageflow-core==1.2.0: 2 calls asked for something, and all was loaded 2 times.
Scenario: One lazy registry with loaded []. Call get(name="gr\\u00f6\\u00dfe"). Call has(name="").
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
    from stageflow import Pipeline
    from stageflow.pipeline.registry import PipelineRegistry
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'loaded': []}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'get', {'name': 'größe'}, 0.0, None),
    ('c0.1', 'c0', 'has', {'name': ''}, 0.0, None),
]
OBSERVED = {'c0.0': ['raised', 'KeyError', ['load'], [0.0]],
 'c0.1': ['returned', 'fcbcf165908dd18a', ['load'], [0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    def work_now(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        return {"from": label, "call": call.get(), "nth": nth}


class Own(PipelineRegistry):

    def __init__(self, settings, bench):
        super().__init__()
        self.settings, self.bench, self.made = (settings, bench, [])

    def _register_all(self):
        self.bench.work_now('load')
        for name in self.settings['loaded']:
            self.add(name)

    def add(self, name):
        self.made.append((Pipeline(), name))
        self.register(name, self.made[-1][0])

class Binding:

    def __init__(self, settings, bench):
        self.registry = Own(settings, bench)

    async def perform(self, operation, arguments):
        if operation == 'has':
            return arguments['name'] in self.registry
        found = self.registry.get(arguments['name'])
        return next((name for made, name in self.registry.made if made is found))

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
