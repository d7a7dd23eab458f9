"""A contract that requires more than before is said to be compatible.
Law: A version is compatible with an older one if nothing was removed, nothing is required that
was not, and every field takes the values that it took. [contracts/compatibility]
Expected, as promised: “True when no breaking changes were detected”
(stageflow/contracts/registry.py:36)
Actual on stageflow-core==1.2.0: f2 was {'type': 'integer', 'nullable': False, 'required': False}
and is {'type': 'integer', 'nullable': False, 'required': True}; said to be compatible.
Scenario: One contracts. Call register(stage="summary", version="v1",
fields={"f2":{"nullable":false,"required":false,"type":"integer"}}). Call
register(stage="summary", version="v2", …
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
    import json
    from datetime import UTC, datetime
    from pydantic import create_model
    from stageflow.contracts import ContractRegistry
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'register', {'stage': 'summary', 'version': 'v1', 'fields': {'f2': {'type': 'integer', 'nullable': False, 'required': False}}}, 0.0, None),
    ('c0.1', 'c0', 'register', {'stage': 'summary', 'version': 'v2', 'fields': {'f2': {'type': 'integer', 'nullable': False, 'required': True}}}, 0.0, None),
    ('c0.2', 'c0', 'compare', {'stage': 'summary', 'old': 'v1', 'new': 'v2'}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', 'fcbcf165908dd18a', [], []],
 'c0.1': ['returned', 'fcbcf165908dd18a', [], []],
 'c0.2': ['returned', '05a6bbf3aced39da', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

TYPES = {'integer': int, 'string': str, 'boolean': bool, 'array': list, 'object': dict}

class Binding:

    def __init__(self, settings, bench):
        self.registry, self.models = (ContractRegistry(), {})

    def model(self, fields):
        members = {}
        for name, field in fields.items():
            kind = TYPES[field['type']]
            default = ... if field['required'] else None if field['nullable'] else kind()
            members[name] = (kind | None if field['nullable'] else kind, default)
        key = json.dumps(fields, sort_keys=True)
        return self.models.setdefault(key, create_model('Model', **members))

    async def perform(self, operation, arguments):
        stage = arguments['stage']
        if operation == 'compare':
            report = self.registry.diff(stage, arguments['old'], arguments['new'])
            return {'compatible': report.is_compatible}
        version = arguments['version']
        begun, known = (datetime.now(UTC), self.registry.get(stage, version))
        model = self.model(arguments['fields'])
        made = self.registry.register(stage=stage, version=version, model=model)
        return known is not None or begun <= made.created_at <= datetime.now(UTC)

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
