"""What runs on a machine and between machines: cores, processes, a device, names and links."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from production_testers.mocks.services.call import Call, Operation
from production_testers.mocks.services.contract import ServiceError
from production_testers.model.canonical import Json

TTL_S = 60


@dataclass(slots=True)
class _Process:
    state: str = "running"
    starts: int = 1


class Machine:
    """Cores, processes, one accelerator, a name server and links between nodes.

    Args:
        cores: That may be taken at once.
        device_bytes: Of the accelerator's memory.
        zone: Name → addresses; a name that is not there does not exist.
    """

    def __init__(self, cores: int, device_bytes: int, zone: Mapping[str, tuple[str, ...]]) -> None:
        self._cores = cores
        self._device_bytes = device_bytes
        self._zone = zone
        self._taken: Counter[str] = Counter()
        self._processes: dict[str, _Process] = {}
        self._held: Counter[str] = Counter()
        self._lost = False
        self._runs = 0
        self._cut: set[frozenset[str]] = set()
        self.operations: Mapping[str, Operation] = {
            "cpu_acquire": self._acquire,
            "cpu_release": self._release,
            "process_start": self._start,
            "process_pause": lambda call: self._turn(call, "paused"),
            "process_resume": lambda call: self._turn(call, "running"),
            "process_kill": lambda call: self._turn(call, "dead"),
            "process_ask": self._ask,
            "device_allocate": self._allocate,
            "device_free": self._free,
            "device_run": self._run,
            "device_lose": self._lose,
            "device_reset": self._reset,
            "dns_resolve": self._resolve,
            "net_cut": self._cut_link,
            "net_heal": self._heal,
            "net_send": self._send,
        }

    def _acquire(self, call: Call) -> Json:
        used = self._taken.total() + call.integer("cores", 1, least=1)
        if used > self._cores:
            raise ServiceError(
                "cpu_busy", f"{used} of {self._cores} cores would be taken.", retryable=True
            )
        self._taken[call.text("owner")] += call.integer("cores", 1, least=1)
        return {"used_cores": used}

    def _release(self, call: Call) -> Json:
        owner, cores = call.text("owner"), call.integer("cores", 1, least=1)
        if self._taken[owner] < cores:
            raise ServiceError("conflict", f"{owner!r} has {self._taken[owner]} cores.")
        self._taken[owner] -= cores
        return {"used_cores": self._taken.total()}

    def _start(self, call: Call) -> Json:
        name = call.text("process")
        found = self._processes.get(name)
        if found is None:
            self._processes[name] = found = _Process()
        elif found.state == "dead":
            found.state, found.starts = "running", found.starts + 1
        else:
            raise ServiceError("conflict", f"{name!r} is {found.state}.")
        return {"state": found.state, "starts": found.starts}

    def _process(self, call: Call) -> _Process:
        name = call.text("process")
        if name not in self._processes:
            raise ServiceError("not_found", f"No process {name!r} was started.")
        return self._processes[name]

    def _turn(self, call: Call, state: str) -> Json:
        process = self._process(call)
        if process.state == "dead":
            raise ServiceError("process_dead", f"{call.text('process')!r} does not run.")
        process.state = state
        return {"state": process.state, "starts": process.starts}

    def _ask(self, call: Call) -> Json:
        process = self._process(call)
        if process.state != "running":
            raise ServiceError(
                f"process_{process.state}",
                f"{call.text('process')!r} is {process.state}.",
                retryable=True,
            )
        return {"state": process.state, "starts": process.starts}

    def _present(self) -> None:
        if self._lost:
            raise ServiceError("device_lost", "The accelerator has fallen off the bus.")

    def _allocate(self, call: Call) -> Json:
        self._present()
        used = self._held.total() + call.integer("bytes")
        if used > self._device_bytes:
            shown = f"{used} of {self._device_bytes} bytes"
            raise ServiceError(
                "device_out_of_memory", f"The allocation would make {shown}.", retryable=True
            )
        self._held[call.text("owner")] += call.integer("bytes")
        return {"used_bytes": used}

    def _free(self, call: Call) -> Json:
        self._present()
        del self._held[call.text("owner")]
        return {"used_bytes": self._held.total()}

    def _run(self, call: Call) -> Json:
        self._present()
        call.text("kernel")
        self._runs += 1
        return {"runs": self._runs}

    def _lose(self, _call: Call) -> Json:
        self._lost = True
        return {"present": False}

    def _reset(self, _call: Call) -> Json:
        self._lost = False
        self._held.clear()  # what was in its memory is gone
        return {"present": True}

    def _resolve(self, call: Call) -> Json:
        name = call.text("name").rstrip(".").lower()
        if name not in self._zone:
            raise ServiceError("name_not_found", f"There is no name {name!r}.")
        return {"name": name, "addresses": list(self._zone[name]), "ttl_s": TTL_S}

    def _link(self, call: Call) -> frozenset[str]:
        return frozenset((call.text("from"), call.text("to")))

    def _cut_link(self, call: Call) -> Json:
        self._cut.add(self._link(call))
        return {"cut": len(self._cut)}

    def _heal(self, call: Call) -> Json:
        self._cut.discard(self._link(call))
        return {"cut": len(self._cut)}

    def _send(self, call: Call) -> Json:
        if self._link(call) in self._cut:
            shown = f"{call.text('from')!r} cannot reach {call.text('to')!r}"
            raise ServiceError("unreachable", f"{shown}.", retryable=True)
        return {"delivered": True}
