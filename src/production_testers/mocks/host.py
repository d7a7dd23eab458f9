"""Services in one process, behind a line that a fault plan may disturb.

The same host answers calls of a pipeline in this process, in real or virtual time, and the
requests of a server: same seed, same sequence of calls, same answers, same faults.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any, cast

from production_testers.mocks.faults.catalogue import checked
from production_testers.mocks.faults.deciding import Decider, Firing, Occasion
from production_testers.mocks.faults.distributions import draw
from production_testers.mocks.line import STREAM, Delivery
from production_testers.mocks.services.contract import Service, ServiceError
from production_testers.mocks.services.prices import Ledger, Price
from production_testers.mocks.wire.fronts import Asked, encode_error, read_request
from production_testers.mocks.wire.messages import Reply, Request
from production_testers.model import seeds
from production_testers.model.canonical import Json
from production_testers.model.fault_plan import FaultPlan, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a service takes when nothing is wrong; numbers or distributions.

    Attributes:
        first_ms: Until the answer, or its first piece.
        piece_ms: Between the pieces of a stream.
    """

    first_ms: Json = 0.0
    piece_ms: Json = 0.0


class Host:
    """Calls services by name.

    Args:
        services: Name → service.
        seed: Where each call's randomness comes from.
        plan: What goes wrong.
        paces: Service → how long it takes.
        prices: Model → price, for the ledger.

    Attributes:
        firings: Every fault that happened, in order.
        ledger: What calls of models cost.

    Raises:
        InvalidDocumentError: The plan cannot happen at these places.
    """

    def __init__(
        self,
        services: Mapping[str, Service],
        *,
        seed: int = 0,
        plan: FaultPlan | None = None,
        paces: Mapping[str, Pace] | None = None,
        prices: Mapping[str, Price] | None = None,
    ) -> None:
        self.services = dict(services)
        self.firings: list[Firing] = []
        self.ledger = Ledger(prices or {})
        self._seed = seed
        self._paces = dict(paces or {})
        self._started: float | None = None
        self._plan = None if plan is None else checked(plan)
        self._decider = None if plan is None else Decider(plan, self.now)
        self._counts: dict[tuple[str, str, str], int] = {}
        for service in self.services.values():
            if hasattr(service, "now"):
                service.now = self.now

    def now(self) -> float:
        """Milliseconds since it was first asked, by the running loop."""
        now = asyncio.get_running_loop().time()
        if self._started is None:
            self._started = now
        return (now - self._started) * 1000

    @property
    def conclusive(self) -> bool:
        """Whether the plan has shown anything: without a plan, or when one of its faults happened.

        Faults of processes, ports and names are not the host's, and not counted here.
        """
        own = [r for r in self._plan.rules if r.at.place is Place.SERVICE] if self._plan else []
        return bool(self.firings) or not own

    async def call(
        self, service: str, operation: str, payload: Mapping[str, Json], caller: str = ""
    ) -> Json:
        """Call an operation and get what a client library gives.

        Args:
            service: Which service.
            operation: Which of its operations.
            payload: The arguments.
            caller: Who calls, as `run/stage`.

        Raises:
            ServiceError: The service refuses, or the answer does not arrive as one.
        """
        found = self.services.get(service)
        if found is None:
            raise self._unknown(service)
        nth = self._next(caller, service, operation)
        if self._decider is None and service not in self._paces:
            random: Any = _Later(self._seed, caller, service, operation, nth)
            answer = found.handle(operation, payload, random)
            self.ledger.add(answer)
            return answer
        delivery = self._delivery(found, Asked(service, operation, payload, caller), nth)
        if pace := self._paces.get(service):
            first_ms = self._drawn(pace.first_ms, caller, service, operation, nth)
            await asyncio.sleep(first_ms / 1000)
        try:
            answer = await delivery.call()
        finally:
            self.ledger.add(delivery.answer)
        if pace and operation == STREAM and isinstance(answer, list):
            pieces = range(len(answer) + 1)  # the end mark is one
            late = [self._drawn(pace.piece_ms, caller, service, operation, nth, n) for n in pieces]
            await asyncio.sleep(sum(late) / 1000)
        return answer

    async def exchange(self, request: Request) -> Reply:
        """Answer a request as a server does; what the reply takes to arrive is said in it."""
        try:
            asked = read_request(request)
            found = self.services.get(asked.service)
            if found is None:
                raise self._unknown(asked.service)
        except ServiceError as error:
            return encode_error("", error)
        family = (asked.caller, asked.service, asked.operation)
        nth = self._next(*family)
        delivery = self._delivery(found, asked, nth)
        reply = await delivery.exchange()
        self.ledger.add(delivery.answer)
        return self._paced(reply, family, nth)

    def _next(self, caller: str, service: str, operation: str) -> int:
        """Which call of its caller this is, from 1."""
        family = caller, service, operation
        nth = self._counts.get(family, 0) + 1
        self._counts[family] = nth
        return nth

    def _delivery(self, found: Service, asked: Asked, nth: int) -> Delivery:
        firings: list[Firing] = []
        if self._decider is not None:
            run, _, stage = asked.caller.partition("/")
            occasion = Occasion(
                place=Place.SERVICE,
                name=asked.service,
                operation=asked.operation,
                run=run,
                stage=stage,
                nth=nth,
            )
            firings = self._decider.at(occasion)
        return Delivery(
            service=found,
            name=asked.service,
            operation=asked.operation,
            payload=asked.payload,
            random=cast("Random", _Later(self._seed, asked.caller, *asked[:2], nth)),
            firings=firings,
            told=self.firings.append,
        )

    def _paced(self, reply: Reply, family: tuple[str, str, str], nth: int) -> Reply:
        pace = self._paces.get(family[1])
        if pace is None or reply.broken:
            return reply
        first_ms = self._drawn(pace.first_ms, *family, nth)
        if not reply.streamed:
            return replace(reply, wait_ms=reply.wait_ms + first_ms)
        late = [
            self._drawn(pace.piece_ms, *family, nth, piece) for piece in range(len(reply.chunks))
        ]
        padded = (*reply.gaps_ms, *[0.0] * len(late))[: len(late)]
        gaps = tuple(one + more for one, more in zip(padded, late, strict=True))
        return replace(reply, wait_ms=reply.wait_ms + first_ms, gaps_ms=gaps)

    def _drawn(self, spec: Json, *path: str | int) -> float:
        if isinstance(spec, Mapping):
            spec = draw(spec, seeds.random_for(self._seed, "pace", *path))
        return float(cast("Any", spec))

    def _unknown(self, name: str) -> ServiceError:
        known = ", ".join(sorted(self.services))
        return ServiceError("not_found", f"There is no service {name!r}; there are {known}.")


class _Later:
    """A call's own source of randomness, made when it is first asked: most calls never do."""

    __slots__ = ("_path", "_random", "_seed")

    def __init__(self, seed: int, caller: str, service: str, operation: str, nth: int) -> None:
        self._seed = seed
        self._path = (caller, service, operation, nth)
        self._random: Random | None = None

    def __getattr__(self, name: str) -> Any:
        if self._random is None:
            caller, service, operation, nth = self._path
            label = f"{caller}/" * bool(caller) + f"{service}.{operation}/{nth}"
            self._random = seeds.random_for(self._seed, "service", label)
        return getattr(self._random, name)
