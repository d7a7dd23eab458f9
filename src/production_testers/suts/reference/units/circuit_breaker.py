"""A circuit breaker with its three states."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class OpenError(Exception):
    """The call was refused."""


@dataclass
class Circuit:
    """What is remembered of one service; open while `opened_ms` is a number."""

    failures: int = 0
    opened_ms: float | None = None
    probes: int = 0


class CircuitBreaker:
    """See `production_testers.units.circuit_breaker`."""

    errors: Mapping[type[BaseException], str] = {OpenError: "open"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench
        self._circuits: dict[str, Circuit] = {}

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        circuit = self._circuits.setdefault(arguments["service"], Circuit())
        probing = circuit.opened_ms is not None
        if probing and not self._may_probe(circuit):
            raise OpenError(arguments["service"])
        circuit.probes += probing
        try:
            answer = await self._bench.work("service")
        except asyncio.CancelledError:
            raise
        except Exception:
            self.failed(circuit)
            raise
        else:
            self.succeeded(circuit)
            return answer
        finally:
            circuit.probes -= probing

    def _may_probe(self, circuit: Circuit) -> bool:
        assert circuit.opened_ms is not None, "it is open"
        rested = self._bench.now_ms() - circuit.opened_ms > self._settings["rest_ms"]
        return bool(rested and circuit.probes < self._settings["probes"])

    def failed(self, circuit: Circuit) -> None:
        """The service failed once more."""
        circuit.failures += 1
        if circuit.failures >= self._settings["failures"]:
            circuit.opened_ms = self._bench.now_ms()

    def succeeded(self, circuit: Circuit) -> None:
        """The service is well."""
        circuit.failures, circuit.opened_ms = 0, None
