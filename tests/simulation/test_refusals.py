"""What is real is refused, and the message names who asked for it."""

import asyncio
import concurrent.futures
import inspect
import multiprocessing
import os
import queue
import socket
import subprocess
import threading

import pytest

from production_testers.simulation import RefusedError


def connect():
    socket.create_connection(("127.0.0.1", 9))


def resolve():
    socket.getaddrinfo("localhost", 80)


def start_thread():
    threading.Thread(target=print, name="mine").start()


def use_pool():
    concurrent.futures.ThreadPoolExecutor(1).submit(print)


def start_process():
    subprocess.run(["true"], check=True)


def shell():
    os.system("true")


def fork():
    os.fork()


def fork_a_python():
    multiprocessing.get_context("fork").Process(target=print).start()


def wait_for_an_event():
    threading.Event().wait()


def wait_for_a_queue():
    queue.Queue().get(timeout=1)


def wait_for_a_future():
    concurrent.futures.Future().result()


def another_loop():
    asyncio.new_event_loop()


async def at_once(ask):
    ask()


@pytest.mark.parametrize(
    "ask",
    [
        connect,
        resolve,
        start_thread,
        use_pool,
        start_process,
        shell,
        fork,
        fork_a_python,
        wait_for_an_event,
        wait_for_a_queue,
        wait_for_a_future,
        another_loop,
    ],
)
@pytest.mark.parametrize("where", ["task", "thread"])
def test_a_blocking_or_real_call_is_refused_at_its_call_site(run, ask, where):
    async def main(_loop):
        with pytest.raises(RefusedError) as caught:
            await (asyncio.to_thread(ask) if where == "thread" else at_once(ask))
        return caught.value

    error = run(main).result
    line = inspect.getsourcelines(ask)[1] + 1
    assert error.site == f"{__name__}:{line}"
    assert str(error).endswith(f"is not available in a simulation; called at {error.site}")


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("create_connection", lambda: asyncio.open_connection("127.0.0.1", 9)),
        ("create_server", lambda: asyncio.start_server(print, "127.0.0.1", 0)),
        ("subprocess_exec", lambda: asyncio.create_subprocess_exec("true")),
        ("subprocess_shell", lambda: asyncio.create_subprocess_shell("true")),
        ("getaddrinfo", lambda: asyncio.get_running_loop().getaddrinfo("localhost", 80)),
        ("add_signal_handler", lambda: asyncio.get_running_loop().add_signal_handler(2, print)),
        ("add_reader", lambda: asyncio.get_running_loop().add_reader(0, print)),
    ],
)
def test_the_loop_has_no_outside_world(run, name, ask):
    async def main(_loop):
        with pytest.raises(RefusedError, match=rf"^loop\.{name}\(\) is not available") as caught:
            await ask()
        return caught.value.site

    assert run(main).result.startswith(f"{__name__}:")


def test_a_nested_asyncio_run_fails_as_on_a_stock_loop(run):
    async def main(_loop=None):
        coroutine = asyncio.sleep(0)
        with pytest.raises(RuntimeError) as caught:
            asyncio.run(coroutine)
        coroutine.close()
        return str(caught.value)

    assert run(main).result == asyncio.run(main())


def test_a_nested_run_until_complete_fails_as_on_a_stock_loop(run):
    async def main(_loop=None):
        coroutine = asyncio.sleep(0)
        with pytest.raises(RuntimeError) as caught:
            asyncio.get_running_loop().run_until_complete(coroutine)
        coroutine.close()
        return str(caught.value)

    def without_warnings():
        return asyncio.run(main())

    assert run(main).result == without_warnings()


def test_an_event_that_is_set_needs_no_thread(run):
    async def main(_loop):
        event = threading.Event()
        event.set()
        ready = concurrent.futures.Future()
        ready.set_result(3)
        return event.wait(), ready.result(), threading.Lock().acquire()

    assert run(main).result == (True, 3, True)


def test_a_thread_from_before_the_simulation_goes_on(run):
    started, release, seen = threading.Event(), threading.Event(), []

    def work():
        started.set()
        seen.append(release.wait(10))

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    run(lambda _loop: asyncio.sleep(1))
    release.set()
    thread.join()
    assert seen == [True]
