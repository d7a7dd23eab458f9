"""An event that was written does not stand in the file any more.
Law: What an event file has taken stands in the file after it was flushed or closed, once, each …
Expected, as promised: “Each event is written as a single JSON line for easy parsing.” …
Actual on stageflow-core==1.2.0: event 'é c1.0' was taken and brought out, and does not stand in …
Scenario: One event file with keeps false, before []. Client c0 calls add(events=["\\u00e9 …
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
    import tempfile
    from pathlib import Path
    from stageflow.helpers.analytics import AnalyticsEvent, JSONFileExporter
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'keeps': False, 'before': []}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'add', {'events': ['é c1.0']}, 0.0, None),
    ('c0.1', 'c0', 'close', {}, 0.0, None),
    ('c0.2', 'c0', 'add', {'events': ['é c1.2']}, 0.0, None),
    ('last.0', 'last', 'close', {}, 0.0, None),
    ('last.1', 'last', 'read', {}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '74234e98afe7498f', [], []],
 'c0.1': ['returned', '74234e98afe7498f', [], []],
 'c0.2': ['returned', '74234e98afe7498f', [], []],
 'last.0': ['returned', '74234e98afe7498f', [], []],
 'last.1': ['returned', '76fe04a74f85db77', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

_AT = 'stageflow.helpers.analytics.JSONFileExporter'

def event_of(name):
    return AnalyticsEvent(event_type=name)

class Binding:

    def __init__(self, settings, bench):
        self.folder = tempfile.TemporaryDirectory(prefix='ptest-events-')
        self.path = Path(self.folder.name) / 'events.jsonl'
        lines = [json.dumps({'event_type': name}) + '\n' for name in settings['before']]
        self.path.write_text(''.join(lines))
        self.exporter = JSONFileExporter(self.path, append=settings['keeps'])

    async def perform(self, operation, arguments):
        if operation == 'read':
            lines = self.path.read_text().splitlines()
            return [json.loads(line)['event_type'] for line in lines]
        if operation == 'add':
            return await self.exporter.export(event_of(arguments['events'][0]))
        return await getattr(self.exporter, operation)()

def digest(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

async def client(unit, name):
    for key, _, operation, arguments, after, gives_up in [c for c in CALLS if c[1] == name]:
        await asyncio.sleep(after / 1000)
        call.set(key)
        task = asyncio.create_task(unit.perform(operation, arguments))
        [end] = await asyncio.gather(task, return_exceptions=True)
        how = "raised" if isinstance(end, Exception) else "returned"
        detail = digest(end) if how == "returned" else type(end).__name__
        ended[key] = ["cancelled", ""] if task.cancelled() else [how, detail]
        print(key, operation, ended[key][0], end)

async def main(unit):
    names = list(dict.fromkeys(c[1] for c in CALLS))
    await asyncio.gather(*(client(unit, name) for name in names if name != "last"))
    names = ["last"]
    await asyncio.gather(*(client(unit, name) for name in names))

try:
    loop.run_until_complete(main(Binding(SETTINGS, Bench())))
except AssertionError as stuck:
    print(stuck)
for key, (*how, labels, moments) in OBSERVED.items():
    began = [(seen, ms) for one, _, ms, seen in log if one == key]
    late = any(abs(ms - at) > 1 for (_, ms), at in zip(began, moments))
    if ended.get(key, ["", ""]) != how or [label for label, _ in began] != labels or late:
        sys.exit(print("it does not show:", key, ended.get(key), began) or 0)
sys.exit(print("it shows") or 1)
