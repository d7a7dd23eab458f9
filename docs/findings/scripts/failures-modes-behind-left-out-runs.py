"""A stage may be executed though one that it is behind was left out.
Law: After a failure nothing more is executed, or all that is in no branch with it, or everything,
as the mode says; and what failed and completed is counted. [failures/modes]
Expected, as promised: “CONTINUE_ON_FAILURE = auto()  # Record failure, continue unrelated
branches” (stageflow/pipeline/failure_tolerance.py:23)
Actual on stageflow-core==1.2.0: call c0.4: stage 6 is behind ['stage 2'], of which ['stage 2']
were left out after a failure, and it may be executed.
Scenario: One failure modes with mode "go_on". Call may_run(stage="stage 0", after=[]). Call
may_run(stage="stage 1", after=[]). Call failed(stage="stage 1", why=""). Call
may_run(stage="stage 2", after=["stage 0","stage 1"]). Call may_run(stage="stage 6", …
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
    from stageflow.pipeline.failure_tolerance import FailureCollector, FailureMode
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'mode': 'go_on'}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'may_run', {'stage': 'stage 0', 'after': []}, 0.0, None),
    ('c0.1', 'c0', 'may_run', {'stage': 'stage 1', 'after': []}, 0.0, None),
    ('c0.2', 'c0', 'failed', {'stage': 'stage 1', 'why': ''}, 0.0, None),
    ('c0.3', 'c0', 'may_run', {'stage': 'stage 2', 'after': ['stage 0', 'stage 1']}, 0.0, None),
    ('c0.4', 'c0', 'may_run', {'stage': 'stage 6', 'after': ['stage 2']}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', 'b5bea41b6c623f7c', [], []],
 'c0.1': ['returned', 'b5bea41b6c623f7c', [], []],
 'c0.2': ['returned', '74234e98afe7498f', [], []],
 'c0.3': ['returned', 'fcbcf165908dd18a', [], []],
 'c0.4': ['returned', 'b5bea41b6c623f7c', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

_AT = 'stageflow.pipeline.failure_tolerance.FailureCollector'
MODES = {'stop': FailureMode.FAIL_FAST, 'go_on': FailureMode.CONTINUE_ON_FAILURE, 'try_all': FailureMode.BEST_EFFORT}

class Binding:

    def __init__(self, settings, bench):
        self.collector = FailureCollector(MODES[settings['mode']])
        self.left_out = set()

    async def perform(self, operation, arguments):
        stage = arguments['stage']
        if operation == 'may_run':
            may = self.collector.should_continue(stage, set(arguments['after']))
            if not may:
                self.left_out.add(stage)
            return may
        if stage in self.left_out:
            return None
        if operation == 'failed':
            more = {'recoverable': bool(arguments.get('recoverable'))}
            return self.collector.record_failure(stage, ValueError(arguments['why']), **more)
        return self.collector.record_completion(stage)

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
