"""Programs for stand-alone scripts: they are imported by name, from this file."""

import asyncio


async def thread_answers_late():
    """A call in a thread is trusted to be over before a sleep."""
    answers = []
    await asyncio.gather(asyncio.to_thread(answers.append, "disk"), asyncio.sleep(0.05))
    assert answers == ["disk"]


async def call_in_a_thread_loses():
    answers = []

    async def ask():
        answers.append(await asyncio.to_thread(str, "disk"))

    async def give_up():
        await asyncio.sleep(0.1)
        answers.append("nothing")

    await asyncio.gather(ask(), give_up())
    assert answers[0] == "disk"


async def spawned_by_a_callback():
    """Tasks that have no parent, a name of their own, and one of two names."""
    ended = []
    done = asyncio.Event()

    async def sleeper(seconds):
        await asyncio.sleep(seconds)
        ended.append(seconds)
        if len(ended) == 3:
            done.set()

    loop = asyncio.get_running_loop()
    tasks = []
    for seconds in (0.02, 0.1):
        loop.call_soon(lambda s=seconds: tasks.append(loop.create_task(sleeper(s))))
    tasks.append(asyncio.create_task(sleeper(0.2), name="last"))
    await done.wait()
    assert ended == [0.02, 0.1, 0.2]


async def loses_an_exception():
    event = asyncio.Event()

    async def save(seconds):
        await asyncio.sleep(seconds)
        if event.is_set():
            raise RuntimeError("closed")

    async def close():
        await asyncio.sleep(0.1)
        event.set()

    saving = asyncio.create_task(save(0.02))
    await asyncio.gather(close(), asyncio.sleep(0.15))
    await asyncio.wait([saving])


async def ends_cancelled():
    async def work():
        await asyncio.sleep(0.02)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.1)
    task.cancel()
    await task


async def polls():
    while True:  # noqa: ASYNC110 - what is tested
        await asyncio.sleep(0)


async def waits():
    await asyncio.Event().wait()


async def fails():
    await asyncio.sleep(0.01)
    raise ValueError("always")


async def forgets():
    fails()
    await asyncio.sleep(0)
