"""Services of an application, whatever form they have, go through the watch."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from production_testers.model.target import ServiceSpec
from production_testers.suts.target_services import Piece, ServiceProxy, spoilt
from production_testers.suts.target_values import plain


class Noted:
    """A watch that writes down what it is told."""

    def __init__(self) -> None:
        self.calls = []

    async def around(self, label, run):
        self.calls.append(label)
        return await run()

    def asked(self, service, arguments):
        self.calls.append(f"asked {service}")

    def told(self, service, method, named, gave):
        self.told_of = (f"{service}.{method}", named)

    def acted(self, service, method, spec, named):
        self.calls.append(f"acted {service}.{method}")

    def opened(self, service, method):
        self.calls.append(f"opened {service}.{method}")

    def closed(self, service, method):
        self.calls.append(f"closed {service}.{method}")


class Connection:
    async def fetch(self, key):
        return {"key": key}


class Service:
    """One method of each form."""

    name = "a service"

    def __init__(self) -> None:
        self.released = []

    async def ask(self, key):
        return {"key": key}

    async def acquire(self):
        return Connection()

    async def release(self, connection):
        self.released.append(type(connection))

    @asynccontextmanager
    async def session(self):
        yield Connection()

    async def stream(self, count):
        for number in range(count):
            yield {"number": number}

    def later(self, key):
        return self.ask(key)

    def send(self, text):
        return len(text)


SPEC = ServiceSpec(
    factory="m:f", effects=("send",), opens=("acquire", "session"), closes=("release",)
)


def used(use, real=None):
    """What a use of the service gives, what was noted, and the service."""
    watch, real = Noted(), real or Service()
    return asyncio.run(use(ServiceProxy(real, "s", SPEC, watch))), watch.calls, real


def test_a_coroutine_method_goes_through():
    given, calls, _ = used(lambda s: s.ask("a"))
    assert (given, calls) == ({"key": "a"}, ["asked s", "s.ask"])


def test_a_method_that_gives_a_coroutine_goes_through_when_it_is_awaited():
    async def use(service):
        return await service.later("a")

    given, calls, _ = used(use)
    assert (given, calls) == ({"key": "a"}, ["asked s", "s.later"])


def test_a_connection_is_watched_too_and_the_service_gets_back_its_own():
    async def use(service):
        connection = await service.acquire()
        given = await connection.fetch("a")
        await service.release(connection)
        return given

    given, calls, real = used(use)
    assert given == {"key": "a"}
    assert real.released == [Connection]
    assert [c for c in calls if not c.startswith("asked")] == [
        "s.acquire", "opened s.acquire", "s.fetch", "closed s.release", "s.release",
    ]  # fmt: skip


def test_what_is_entered_is_opened_and_given_back_at_its_end():
    async def use(service):
        async with service.session() as connection:
            return await connection.fetch("a")

    given, calls, _ = used(use)
    assert given == {"key": "a"}
    assert calls[-1] == "closed s.session"
    assert "opened s.session" in calls


def test_every_piece_of_a_stream_goes_through_and_its_end():
    async def use(service):
        return [piece async for piece in service.stream(2)]

    given, calls, _ = used(use)
    assert given == [{"number": 0}, {"number": 1}]
    assert calls.count("s.stream") == 3


def test_a_service_may_be_one_function():
    async def ask(key):
        return key.upper()

    given, calls, _ = used(lambda s: s("a"), ask)
    assert (given, calls) == ("A", ["asked s", "s.call"])


def test_an_effect_of_a_plain_method_counts_and_other_members_are_as_they_are():
    async def use(service):
        return service.send("abc"), service.name

    given, calls, _ = used(use)
    assert given == (3, "a service")
    assert calls == ["asked s", "acted s.send"]


@pytest.mark.parametrize(
    ("value", "how", "bad"),
    [
        ({"a": 1, "b": 2}, "truncated", {"a": 1}),
        ({"a": 1}, "empty", {}),
        ('{"a": 1}', "truncated", '{"a"'),
        ("a sentence", "truncated", "a sentence"),
        ([1, 2], "truncated", [1, 2]),
        ({"a": 1}, "none", None),
        ("text", "wrong_type", 0),
        (7, "wrong_type", "?"),
    ],
)
def test_an_answer_is_spoilt_where_somebody_could_tell(value, how, bad):
    assert spoilt(value, how) == bad


def test_a_connection_is_never_spoilt_and_a_cut_stream_ends():
    connection = Connection()
    assert spoilt(connection, "none") is connection
    assert spoilt(Piece({"a": 1}), "truncated").value is Piece.END
    end = Piece(Piece.END)
    assert spoilt(end, "none") is end


def test_what_is_kept_of_a_value_names_no_address():
    assert plain({"a": (1, Connection())}) == {"a": [1, "Connection"]}


def test_arguments_have_the_names_that_the_method_gives_them():
    watch = Noted()
    service = ServiceProxy(Service(), "service", SPEC, watch)
    asyncio.run(service.ask("k"))
    assert watch.told_of == ("service.ask", {"key": "k"})
