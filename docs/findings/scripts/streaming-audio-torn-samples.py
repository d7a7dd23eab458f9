"""An audio buffer cuts through the middle of a sample.
Law: An audio buffer gives back the samples that came, whole and in order, as many as were asked
for or are there; it holds no more than its maximum, drops the oldest only where there is no room,
and counts what it does. [streaming/audio]
Expected, as promised: “Provides jitter buffering and chunk coalescing for smoother playback.”
(stageflow/helpers/streaming.py:551)
Actual on stageflow-core==1.2.0: call c0.1 gave 441 bytes, and one sample of every channel has 2.
Scenario: One audio buffer with rate 22050, channels 1, max_ms 11. Call add(first=205,
frames=221). Call read(ms=10).
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
    import base64
    from stageflow.helpers.streaming import AudioChunk, StreamingBuffer
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'rate': 22050, 'channels': 1, 'max_ms': 11}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'add', {'first': 205, 'frames': 221}, 0.0, None),
    ('c0.1', 'c0', 'read', {'ms': 10}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '5feceb66ffc86f38', [], []],
 'c0.1': ['returned', 'd4078fbb5b093399', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

class Binding:

    def __init__(self, settings, bench):
        self.format = {'sample_rate': settings['rate'], 'channels': settings['channels']}
        self.buffer = StreamingBuffer(max_duration_ms=settings['max_ms'], **self.format)

    async def perform(self, operation, arguments):
        if operation == 'add':
            size = arguments['frames'] * self.format['channels'] * 2
            data = bytes(((arguments['first'] + i) % 251 for i in range(size)))
            return self.buffer.add_chunk(AudioChunk(data=data, **self.format))
        if operation == 'read':
            return base64.b64encode(self.buffer.read(arguments['ms'])).decode()
        stats = self.buffer.stats
        counts = {name: stats[f'total_{name}'] for name in ('received', 'read', 'dropped')}
        return {**counts, 'held': stats['bytes_buffered']}

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
