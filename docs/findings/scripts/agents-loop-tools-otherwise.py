"""An agent leaves out tools that its model called, or calls them otherwise.
Law: An agent calls the tools that its model names, once and in order, tells the model what came …
Expected, as promised: “Run the agent loop until it emits a final answer.” …
Actual on stageflow-core==1.2.0: the model called tools with [{'n': 0}], executed were [].
Scenario: One agent loop with turns 1. Call run(input="input 1.0"). Its model: takes 1 ms and …
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
    import re
    from stageflow.agent import Agent, AgentConfig
    from stageflow.tools.base import BaseTool, ToolOutput
    from stageflow.tools.registry import ToolRegistry
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'turns': 1}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'run', {'input': 'input 1.0'}, 0.0, None),
]
WORKS = {('c0.0', 'model'): [(1.0, '',
                      '{"tool_calls": [{"name": "add", "arguments": {"n": 0}}], "final_answer": '
                      '" "}',
                      False)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['returned', 'b78a3cfe1ba8db61', ['model'], [0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}
class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        works = WORKS.get((call.get(), label)) or [(1, "", None, False)]
        ms, fails, gives, hangs = works[min(nth, len(works)) - 1]
        await (loop.create_future() if hangs else asyncio.sleep(ms / 1000))
        return {"from": label, "call": call.get(), "nth": nth} if gives is None else gives
SHOWN = re.compile('<user_input>\\n(input .*)\\n</user_input>|^Tool (result from \\w+)', re.MULTILINE)
class Tool(BaseTool):
    name = action_type = description = ''
    def __init__(self, bench, name):
        self.bench, self.name, self.action_type = (bench, name, name)
    async def execute(self, given, ctx):
        data = await self.bench.work('tool', given.action.payload)
        if 'refuses' in data:
            return ToolOutput(success=False, error=data['refuses'])
        return ToolOutput(success=True, data=data)
class Binding:
    def __init__(self, settings, bench):
        self.bench, registry = (bench, ToolRegistry())
        for name in ('look_up', 'add'):
            registry.register(Tool(bench, name))
        config = AgentConfig(max_turns=settings['turns'], max_validation_retries=0)
        self.agent = Agent(llm_client=self, config=config, tool_registry=registry)
    async def chat(self, *, messages, model, **options):
        found = [SHOWN.search(message['content']) for message in messages]
        return await self.bench.work('model', [one[1] or one[2] for one in found if one])
    async def perform(self, operation, arguments):
        result = await self.agent.run(arguments['input'])
        tools = [[one.name, one.success] for one in result.tool_results]
        return {'answer': result.response, 'turns': result.iterations, 'tools': tools}
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
