"""The line between a caller and a service: where the faults of a plan happen to calls.

A call that nothing disturbs goes straight to the service. One that a fault of the wire disturbs is
encoded, disturbed and decoded, so that in one process the caller gets what a client library would
give it over a socket.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from production_testers.mocks.faults.deciding import Firing
from production_testers.mocks.faults.kinds import Kind, Layer, Moment
from production_testers.mocks.services.contract import Service, ServiceError
from production_testers.mocks.services.streaming import streamed
from production_testers.mocks.wire.decoding import decode
from production_testers.mocks.wire.fronts import encode_answer, encode_error
from production_testers.mocks.wire.messages import Reply
from production_testers.model.canonical import Json

Sleep = Callable[[float], Awaitable[Any]]
Told = Callable[[Firing], object]

STREAM = "chat_stream"
"""The operation of a model whose answer is a completion in pieces."""

_ABOUT_THE_STREAM = ("stream", "stream_options")


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One call on its way.

    Attributes:
        service: Who answers.
        name: How the call names the service.
        operation: Which operation.
        payload: With what.
        random: Belongs to this call alone.
        firings: The faults that are to happen to it.
        told: Called with each that did happen: one that changed nothing is none.
        sleep: Takes seconds.
        answer: What the service gave, as far as it was reached and did not refuse.
    """

    service: Service
    name: str
    operation: str
    payload: Mapping[str, Json]
    random: Random
    firings: Sequence[Firing] = ()
    told: Told = lambda _firing: None
    sleep: Sleep = asyncio.sleep
    answer: Json = None

    async def call(self) -> Json:
        """The answer, as a client library gives it.

        Raises:
            ServiceError: The service refuses, or the answer does not arrive as one.
        """
        if not self.firings:
            self.answer = _handled(
                self.service, self.name, self.operation, self.payload, self.random
            )
            return self.answer
        arrived = await self._arrive()
        if not isinstance(arrived, Reply) and not any(f.kind.reply for f in self.firings):
            if isinstance(arrived, ServiceError):
                raise arrived
            return self.answer
        reply = self._over_the_wire(arrived)
        await self.sleep(reply.takes_ms / 1000)
        return decode(self.name, self.operation, reply)

    async def exchange(self) -> Reply:
        """The reply, as it goes over a wire; what it still takes to arrive is said in it."""
        return self._over_the_wire(await self._arrive())

    async def _arrive(self) -> Reply | ServiceError | None:
        """The request arrives, or does not: a reply of somebody else, a refusal, or an answer."""
        for firing, kind, moment in self._with("before_ms"):
            if (late_ms := kind.before_ms(moment)) > 0:
                self.told(firing)
                await self.sleep(late_ms / 1000)
        if refused := self._refused():
            return refused
        try:
            self._work()
        except ServiceError as error:
            return error
        return None

    def _refused(self) -> Reply | ServiceError | None:
        """What keeps the request from the service; the first fault that does."""
        for effect in ("refuse", "error"):
            for firing, kind, moment in self._with(effect):
                if kind.crash:
                    crash(self.service)
                self.told(firing)
                refused: Reply | ServiceError = getattr(kind, effect)(moment)
                return refused
        return None

    def _work(self) -> None:
        payload = self.payload
        for firing, kind, _ in self._with("first"):
            operation, members = kind.first
            given = {name: payload[name] for name in members if name in payload}
            self.service.handle(operation, given, self.random)
            self.told(firing)
        for firing, kind, moment in self._with("request"):
            payload = self._changed(firing, payload, kind.request(moment))
        for firing, kind, _ in self._with("again"):
            for _ in range(kind.again):
                self.told(firing)
                _handled(self.service, self.name, self.operation, payload, self.random)
        answer = _handled(self.service, self.name, self.operation, payload, self.random, whole=True)
        for firing, kind, moment in self._with("answer"):
            answer = self._changed(firing, answer, kind.answer(moment, answer))
        self.answer = _in_chunks(self.name, self.operation, self.payload, answer)

    def _over_the_wire(self, arrived: Reply | ServiceError | None) -> Reply:
        if isinstance(arrived, ServiceError):
            reply = encode_error(self.name, arrived)
        elif isinstance(arrived, Reply):
            reply = arrived
        else:
            reply = encode_answer(self.name, self.operation, self.answer)
        for firing, kind, moment in self._with("reply"):
            if isinstance(arrived, Reply) and kind.layer is not Layer.TRANSPORT:
                continue  # there is no answer of the service's that could be changed
            reply = self._changed(firing, reply, kind.reply(moment, reply))
        return reply

    def _changed(self, firing: Firing, before: Any, after: Any) -> Any:
        if after != before:
            self.told(firing)
        return after

    def _with(self, effect: str) -> list[tuple[Firing, Any, Moment]]:
        """The faults that have an effect of that name."""
        return [
            (firing, firing.kind, firing.moment(self.name, self.operation, self.payload))
            for firing in self.firings
            if getattr(firing.kind, effect)
        ]


def crash(service: Service) -> None:
    """Let a service lose what it did not keep."""
    lose = getattr(service, "crash", None)
    if lose is not None:
        lose()


def _handled(
    service: Service,
    name: str,
    operation: str,
    payload: Mapping[str, Json],
    random: Random,
    *,
    whole: bool = False,
) -> Any:
    """What the service gives; `whole` asks for a completion that is streamed afterwards."""
    if not (whole and _is_stream(name, operation)):
        return service.handle(operation, payload, random)
    asked = {member: v for member, v in payload.items() if member not in _ABOUT_THE_STREAM}
    return service.handle("chat", asked, random)


def _is_stream(name: str, operation: str) -> bool:
    return name == "llm" and operation == STREAM


def _in_chunks(name: str, operation: str, payload: Mapping[str, Json], answer: Any) -> Json:
    if not _is_stream(name, operation) or "choices" not in answer:
        return answer  # type: ignore[no-any-return]
    options = payload.get("stream_options")
    asked = isinstance(options, Mapping) and options.get("include_usage") is True
    return streamed(answer, with_usage=asked and "usage" in answer)


KINDS_OF_CALLS = ("before_ms", "refuse", "error", "first", "request", "again", "answer", "reply")
"""The effects that a kind of fault may have on a call."""


def acts_on_calls(kind: Kind) -> bool:
    """Whether a kind of fault does anything to a call."""
    return any(getattr(kind, effect) for effect in KINDS_OF_CALLS)
