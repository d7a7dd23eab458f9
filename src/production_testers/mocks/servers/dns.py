"""A name server over UDP, by dnspython: the names of the mock infrastructure, and its faults."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from production_testers.mocks.faults.catalogue import checked
from production_testers.mocks.faults.deciding import Decider, Firing, Occasion
from production_testers.mocks.faults.kinds import Way
from production_testers.mocks.services.machine import TTL_S
from production_testers.model.fault_plan import FaultPlan, Place

_RCODES = {
    "dns-not-found": dns.rcode.NXDOMAIN,
    "dns-server-failure": dns.rcode.SERVFAIL,
}


class NameServer(asyncio.DatagramProtocol):
    """Answers questions for addresses.

    Args:
        zone: Name → addresses; of others it says that they do not exist.
        decider: Decides which fault happens to which question; None for none.
        told: Called with each fault that happened.
    """

    def __init__(
        self,
        zone: Mapping[str, tuple[str, ...]],
        decider: Decider | None,
        told: Callable[[Firing], object],
    ) -> None:
        self._zone = zone
        self._decider = decider
        self._told = told
        self._asked: dict[str, int] = {}
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Where answers go."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question; what is none is passed over."""
        try:
            question = dns.message.from_wire(data)
        except Exception:  # noqa: BLE001 - anybody may send anything to a port
            return
        answer = self.answer(question)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer.to_wire(), addr)

    def answer(self, question: dns.message.Message) -> dns.message.Message | None:
        """The answer to a question; None where nobody answers."""
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.AA
        if not question.question:
            answer.set_rcode(dns.rcode.FORMERR)
            return answer
        asked = question.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower()
        firing = self._fault(name)
        if firing is not None and firing.fault == "dns-timeout":
            return None
        if firing is not None and firing.fault in _RCODES:
            answer.set_rcode(_RCODES[firing.fault])
            return answer
        stale = firing is not None and firing.fault == "dns-stale-address"
        addresses = (str(firing.params["address"]),) if stale and firing else self._zone.get(name)
        if addresses is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif asked.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(asked.name, TTL_S, "IN", "A", *addresses))
        return answer

    def _fault(self, name: str) -> Firing | None:
        self._asked[name] = self._asked.get(name, 0) + 1
        if self._decider is None:
            return None
        occasion = Occasion(place=Place.DNS, name=name, nth=self._asked[name])
        for firing in self._decider.at(occasion):
            self._told(firing)
            return firing
        return None


@asynccontextmanager
async def serving_names(
    zone: Mapping[str, tuple[str, ...]],
    *,
    plan: FaultPlan | None = None,
    told: Callable[[Firing], object] = lambda _firing: None,
    port: int = 0,
) -> AsyncIterator[int]:
    """Serve names over UDP on 127.0.0.1 in the running loop; gives the port."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    decider = (
        None
        if plan is None
        else Decider(checked(plan, Way.REAL), lambda: (loop.time() - start) * 1000)
    )
    transport, _ = await loop.create_datagram_endpoint(
        lambda: NameServer(zone, decider, told), local_addr=("127.0.0.1", port)
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()
