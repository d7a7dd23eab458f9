"""A registered tool is missing from the list of registered tools.
Law: What was registered is found, used and listed under its own name and description, however …
Expected, as promised: “List all registered tools.” (stageflow/tools/registry.py:122)
Actual on stageflow-core==1.2.0: ['ACTION_0'] were registered, and call c0.1 lists [].
Scenario: One tool registry. Call register(action="ACTION_0", name="a", description="", …
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
    from types import SimpleNamespace
    from stageflow import PipelineContext
    from stageflow.tools import BaseTool, ToolExecutor, clear_tool_registry, get_tool_registry, tool
    from stageflow.tools.base import ToolOutput
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'register', {'action': 'ACTION_0', 'name': 'a', 'description': '', 'way': 'decorated'}, 0.0, None),
    ('c0.1', 'c0', 'listed', {}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '74234e98afe7498f', [], []],
 'c0.1': ['returned', '4f53cda18c2baa0c', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}
class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        await asyncio.sleep(0.001)
        return {"from": label, "call": call.get(), "nth": nth}
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))
class Binding:
    def __init__(self, settings, bench):
        clear_tool_registry()
        self.bench, self.registry = (bench, get_tool_registry())
    def register(self, action, name, description, way):
        async def execute(_tool, given, ctx):
            data = await self.bench.work('handler', given.action.payload)
            if 'refuses' in data:
                return ToolOutput(success=False, error=data['refuses'])
            return ToolOutput(success=True, data=data, artifacts=data.get('artifacts'))
        members = {'execute': execute, 'action_type': action}
        named = {**members, 'name': name, 'description': description}
        if way == 'decorated':
            tool(action, name, description)(type('Tool', (BaseTool,), members))
        elif way == 'factory':
            self.registry.register_factory(action, type('Tool', (BaseTool,), named))
        else:
            self.registry.register(type('Tool', (BaseTool,), named)())
    async def perform(self, operation, arguments):
        registry = self.registry
        if operation == 'register':
            return self.register(**arguments)
        if operation == 'listed':
            tools = [[one.action_type, one.name, one.description] for one in registry.list_tools()]
            return sorted(tools, key=str)
        names = 'pipeline_run_id request_id session_id user_id org_id interaction_id'.split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        ctx = PipelineContext(**ids, topology='plan', execution_mode='test')
        actions = [SimpleNamespace(type=name, payload={}) for name in arguments['actions']]
        result = await ToolExecutor().execute(ctx, SimpleNamespace(actions=actions))
        return {'executed': result.actions_executed, 'failed': result.actions_failed, 'artifacts': result.artifacts_produced, 'again': result.requires_reentry}
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
