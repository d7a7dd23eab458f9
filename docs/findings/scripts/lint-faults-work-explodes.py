"""The work of lint grows with the number of paths through a pipeline.
Law: Lint finds a fault exactly where a stage is behind one that is not there or, in the end,
behind itself; names each of the first kind and one of each loop; and needs no more work than
looking at every stage and dependency from every stage. [lint/faults]
Expected, as promised: “Performs static analysis on a Pipeline to detect:”
(stageflow/cli/lint.py:119)
Actual on stageflow-core==1.2.0: call c0.0: 4911 calls for 21 stages, which have 54 dependencies.
Scenario: One lint. Call check(stages=[{"after":[],"name":"s0.0"},{"after":[],"name":"s0.1"},{"aft
er":[],"name":"s0.2"},{"after"… (928 characters)).
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
    import sys
    from stageflow import Pipeline, StageKind
    from stageflow.cli.lint import lint_pipeline
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'check', {'stages': [{'name': 's0.0', 'after': []}, {'name': 's0.1', 'after': []}, {'name': 's0.2', 'after': []}, {'name': 's1.0', 'after': ['s0.0', 's0.1', 's0.2']}, {'name': 's1.1', 'after': ['s0.0', 's0.1', 's0.2']}, {'name': 's1.2', 'after': ['s0.0', 's0.1', 's0.2']}, {'name': 's2.0', 'after': ['s1.0', 's1.1', 's1.2']}, {'name': 's2.1', 'after': ['s1.0', 's1.1', 's1.2']}, {'name': 's2.2', 'after': ['s1.0', 's1.1', 's1.2']}, {'name': 's3.0', 'after': ['s2.0', 's2.1', 's2.2']}, {'name': 's3.1', 'after': ['s2.0', 's2.1', 's2.2']}, {'name': 's3.2', 'after': ['s2.0', 's2.1', 's2.2']}, {'name': 's4.0', 'after': ['s3.0', 's3.1', 's3.2']}, {'name': 's4.1', 'after': ['s3.0', 's3.1', 's3.2']}, {'name': 's4.2', 'after': ['s3.0', 's3.1', 's3.2']}, {'name': 's5.0', 'after': ['s4.0', 's4.1', 's4.2']}, {'name': 's5.1', 'after': ['s4.0', 's4.1', 's4.2']}, {'name': 's5.2', 'after': ['s4.0', 's4.1', 's4.2']}, {'name': 's6.0', 'after': ['s5.0', 's5.1', 's5.2']}, {'name': 's6.1', 'after': ['s5.0', 's5.1', 's5.2']}, {'name': 's6.2', 'after': ['s5.0', 's5.1', 's5.2']}]}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '6c0419b60f1939b9', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

class Binding:

    def __init__(self, settings, bench):
        self.calls = 0

    async def perform(self, operation, arguments):

        async def nothing(ctx):
            return {}
        pipeline = Pipeline()
        for one in arguments['stages']:
            after = tuple(one['after'])
            pipeline = pipeline.with_stage(one['name'], nothing, StageKind.TRANSFORM, after)
        self.calls, before = (0, sys.getprofile())
        sys.setprofile(self.count)
        try:
            found = lint_pipeline(pipeline)
        finally:
            sys.setprofile(before)
        faulty = sorted({issue.stage_name for issue in found.errors})
        return {'valid': found.valid, 'faulty': faulty, 'calls': self.calls}

    def count(self, frame, event, _arg):
        self.calls += event == 'call' and frame.f_code.co_filename.endswith('lint.py')

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
