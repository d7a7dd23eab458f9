"""A task of a group fails, and the others go on.
Law: A group ends when all its tasks have; when one fails, the others are cancelled and the error
reaches the caller; clean-ups are called after the tasks, the last one first, whatever happened.
[concurrency/task-group]
Expected, as promised: “# If any task fails, all others are cancelled”
(stageflow/pipeline/cancellation.py:190)
Actual on stageflow-core==1.2.0: task 4 of call c0.0 failed, and task 3 went on (ok).
Scenario: One task group. Call execute(tasks=5, cleanups=0). Its task 3: takes 5 ms. Its task 4:
takes 1 ms and fails (value).
Needs stageflow-core==1.2.0. Ends with 1: it shows; 0: it does not; 2: cannot tell.
"""
import asyncio, contextvars, os, sys, time
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
    from functools import partial
    from stageflow.pipeline.cancellation import StructuredTaskGroup
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'execute', {'tasks': 5, 'cleanups': 0}, 0.0, None),
]
WORKS = {('c0.0', 'task 3'): [(5.0, '', None, False)], ('c0.0', 'task 4'): [(1.0, 'value', None, False)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['raised', 'ValueError', ['body', 'task 0', 'task 1', 'task 2', 'task 3', 'task 4'],
          [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
ERRORS = {"value": ValueError}
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        works = WORKS.get((call.get(), label)) or [(1, "", None, False)]
        ms, fails, gives, hangs = works[min(nth, len(works)) - 1]
        await (loop.create_future() if hangs else asyncio.sleep(ms / 1000))
        if fails:
            raise ERRORS[fails](f"{label} of {call.get()}, execution {nth}")
        return {"from": label, "call": call.get(), "nth": nth} if gives is None else gives


class Binding:

    def __init__(self, settings, bench):
        self.bench = bench

    async def perform(self, operation, arguments):

        async def cleanup(label):
            await self.bench.work(label)
        async with StructuredTaskGroup() as group:
            for number in range(arguments['cleanups']):
                label = f'cleanup {number}'
                callback = partial(cleanup, label)
                callback.__name__ = label
                group.cleanup_registry.register(callback)
            for number in range(arguments['tasks']):
                group.create_task(self.bench.work(f'task {number}'), name=f'task {number}')
            await self.bench.work('body')

async def client(unit, name):
    for key, _, operation, arguments, after, gives_up in [c for c in CALLS if c[1] == name]:
        call.set(key)
        task = asyncio.create_task(unit.perform(operation, arguments))
        [end] = await asyncio.gather(task, return_exceptions=True)
        how = "raised" if isinstance(end, Exception) else "returned"
        detail = type(end).__name__
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
