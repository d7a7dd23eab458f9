"""A stage that asks for a stage it did not declare is not refused.
Law: A stage that asks for what its dependencies gave is given it, whatever it is, and of several
what the first of them gave; where they gave nothing it gets its default, or an error where it
required something; and a stage that it did not declare is refused. [inputs/look-ups]
Expected, as promised: “strict: If True, raises UndeclaredDependencyError for undeclared access.”
(stageflow/stages/inputs.py:104)
Actual on stageflow-core==1.2.0: second is none of the declared dependencies (none), and call c0.0
of has returned False.
Scenario: One stage inputs with declared [], given {}. Call has(stage="second").
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
    import stageflow
    from stageflow.context import ContextSnapshot
    from stageflow.stages.inputs import create_stage_inputs
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'declared': [], 'given': {}}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'has', {'stage': 'second'}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', 'fcbcf165908dd18a', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

OF = 'stageflow.stages.inputs.StageInputs.'

class Binding:

    def __init__(self, settings, bench):
        outputs = {name: stageflow.StageOutput.ok(data=dict(settings['given'][name])) for name in settings['declared'] if name in settings['given']}
        self.inputs = create_stage_inputs(snapshot=ContextSnapshot(), prior_outputs=outputs, declared_deps=settings['declared'], stage_name='asking')

    async def perform(self, operation, arguments):
        return self.inputs.has_output(arguments['stage'])

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
