"""Infrastructure: queues, a disk, memory, clocks, leases and what a machine has; all bounded."""

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from production_testers.mocks.services.call import Call, Operation, copied, dispatch
from production_testers.mocks.services.contract import ServiceError, stopped_clock
from production_testers.mocks.services.machine import Machine
from production_testers.model.canonical import Json
from production_testers.model.seeds import derive


@dataclass(frozen=True, slots=True, kw_only=True)
class InfrastructureLimits:
    """How much there is.

    Attributes:
        disk_bytes: UTF-8 bytes of all files together.
        memory_bytes: Bytes that may be allocated at once.
        queue_depth: Messages that wait in one queue.
        clock_skew_ms: No node's clock is off by more, either way.
        cores: That may be taken at once.
        device_bytes: Memory of the accelerator.
        zone: Name → addresses that the name server knows.
    """

    disk_bytes: int = 1_000_000
    memory_bytes: int = 64_000_000
    queue_depth: int = 10_000
    clock_skew_ms: int = 250
    cores: int = 8
    device_bytes: int = 16_000_000_000
    zone: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "llm.internal": ("10.0.0.1",),
            "db.internal": ("10.0.0.2", "10.0.0.3"),
            "api.internal": ("10.0.0.4",),
        }
    )


@dataclass(slots=True)
class _Delivery:
    """A message, and how often it was handed out."""

    identifier: int
    message: Json
    attempts: int = 0

    def as_json(self) -> dict[str, Json]:
        return {
            "id": self.identifier,
            "message": copied(self.message),
            "attempt": self.attempts,
        }


@dataclass(slots=True)
class _Queue:
    waiting: deque[_Delivery] = field(default_factory=deque)
    taken: dict[int, _Delivery] = field(default_factory=dict)
    published: int = 0


class MockInfrastructure:
    """What a pipeline runs on.

    Queues deliver at least once: a message that was consumed and not acknowledged comes again
    after `queue_nack`. A lease gives a fencing token that grows with every new owner; it has no
    time in it, `lease_expire` is how a scenario takes it away.

    Operations:
        queue_publish: {queue, message} → {id, depth}; `queue_full`, retryable
        queue_consume: {queue, unordered?, behind?} → {id, message, attempt}, or null when it is
            empty; unordered takes any waiting message, by the call's randomness, and behind any
            but the first, where there is another
        queue_ack, queue_nack: {queue, id} → {depth}; `not_found` when nobody holds it
        disk_write: {path, text} → {used_bytes}; `disk_full`, and the file is as before
        disk_read: {path} → {text}; `not_found`
        disk_free: {path} → {used_bytes}: the file is gone; `not_found`
        memory_allocate, memory_release: {owner, bytes} → {used_bytes}; `out_of_memory`,
            retryable; `conflict` when the owner has less than it releases
        clock_skew: {node} → {skew_ms}, how far that node's clock is ahead
        clock_now: {node} → {now_ms} since the start, by that node's clock
        lease_acquire: {lease, owner} → {token}; `lease_held`, retryable, when another has it
        lease_release: {lease, owner} → {token}; `conflict` when the owner does not have it
        lease_expire: {lease} → {token}
        lease_check: {lease, token} → {valid}: false for every token but the holder's
        cpu_acquire, cpu_release: {owner, cores?} → {used_cores}; `cpu_busy`, retryable
        process_start, process_pause, process_resume, process_kill: {process} → {state, starts}
        process_ask: {process} → {state, starts}; `process_paused`, `process_dead`, retryable
        device_allocate, device_free: {owner, bytes} → {used_bytes}; `device_out_of_memory`
        device_run: {kernel} → {runs}; `device_lost` between device_lose and device_reset
        dns_resolve: {name} → {name, addresses, ttl_s}; `name_not_found`
        net_send: {from, to} → {delivered}; `unreachable` between net_cut and net_heal

    Args:
        seed: Reaches the skew of each node.
        limits: How much there is.

    Attributes:
        now: Milliseconds since the start, as whoever hosts the service tells.
    """

    name: str = "infra"

    def __init__(self, seed: int, limits: InfrastructureLimits | None = None) -> None:
        self._seed = seed
        self._limits = limits or InfrastructureLimits()
        self._queues: dict[str, _Queue] = {}
        self._files: dict[str, str] = {}
        self._disk_bytes = 0
        self._memory: Counter[str] = Counter()
        self._owners: dict[str, str] = {}
        self._tokens: Counter[str] = Counter()
        self.now: Callable[[], float] = stopped_clock
        machine = Machine(self._limits.cores, self._limits.device_bytes, self._limits.zone)
        self._operations: Mapping[str, Operation] = {
            "queue_publish": self._publish,
            "queue_consume": self._consume,
            "queue_ack": self._ack,
            "queue_nack": self._nack,
            "disk_write": self._write,
            "disk_read": lambda call: {"text": self._file(call)},
            "disk_free": self._free,
            "memory_allocate": self._allocate,
            "memory_release": self._release_memory,
            "clock_skew": self._skew,
            "lease_acquire": self._acquire,
            "lease_release": self._release_lease,
            "lease_expire": self._expire,
            "lease_check": self._check,
            "clock_now": self._clock,
            **machine.operations,
        }

    @property
    def operations(self) -> tuple[str, ...]:
        """The names of its operations."""
        return tuple(self._operations)

    def handle(self, operation: str, payload: Mapping[str, Json], random: Random) -> Json:
        """Do one operation; see the class for the operations."""
        call = Call(operation=operation, payload=payload, random=random)
        return dispatch(self.name, self._operations, call)

    def crash(self) -> None:
        """Lose what was not kept: memory, and who holds which message; those come again."""
        self._memory.clear()
        for queue in self._queues.values():
            queue.waiting.extendleft(reversed(queue.taken.values()))
            queue.taken.clear()

    def _queue(self, call: Call) -> _Queue:
        return self._queues.setdefault(call.text("queue"), _Queue())

    def _publish(self, call: Call) -> Json:
        queue = self._queue(call)
        if len(queue.waiting) >= self._limits.queue_depth:
            shown = f"{call.text('queue')!r} holds {len(queue.waiting)} messages"
            raise ServiceError("queue_full", f"{shown}; no more fit.", retryable=True)
        queue.published += 1
        queue.waiting.append(_Delivery(queue.published, copied(call.payload.get("message"))))
        return {"id": queue.published, "depth": len(queue.waiting)}

    def _consume(self, call: Call) -> Json:
        queue = self._queue(call)
        if not queue.waiting:
            return None
        waiting = len(queue.waiting)
        index = call.random.randrange(waiting) if call.flag("unordered") else 0
        if call.flag("behind") and waiting > 1:
            index = call.random.randrange(1, waiting)
        delivery = queue.waiting[index]
        del queue.waiting[index]
        delivery.attempts += 1
        queue.taken[delivery.identifier] = delivery
        return delivery.as_json()

    def _taken(self, call: Call) -> _Delivery:
        identifier = call.integer("id")
        delivery = self._queue(call).taken.pop(identifier, None)
        if delivery is None:
            raise ServiceError(
                "not_found", f"Nobody holds message {identifier} of {call.text('queue')!r}."
            )
        return delivery

    def _ack(self, call: Call) -> Json:
        self._taken(call)
        return {"depth": len(self._queue(call).waiting)}

    def _nack(self, call: Call) -> Json:
        queue = self._queue(call)
        queue.waiting.append(self._taken(call))
        return {"depth": len(queue.waiting)}

    def _write(self, call: Call) -> Json:
        path, text = call.text("path"), call.text("text")
        used = self._disk_bytes - _bytes(self._files.get(path, "")) + _bytes(text)
        if used > self._limits.disk_bytes:
            raise ServiceError(
                "disk_full", f"{path!r} would make {used} of {self._limits.disk_bytes} bytes."
            )
        self._files[path] = text
        self._disk_bytes = used
        return {"used_bytes": used}

    def _file(self, call: Call) -> str:
        path = call.text("path")
        if path not in self._files:
            raise ServiceError("not_found", f"There is no file {path!r}.")
        return self._files[path]

    def _free(self, call: Call) -> Json:
        self._disk_bytes -= _bytes(self._file(call))
        del self._files[call.text("path")]
        return {"used_bytes": self._disk_bytes}

    def _allocate(self, call: Call) -> Json:
        used = self._memory.total() + call.integer("bytes")
        if used > self._limits.memory_bytes:
            shown = f"{used} of {self._limits.memory_bytes} bytes"
            raise ServiceError(
                "out_of_memory", f"The allocation would make {shown}.", retryable=True
            )
        self._memory[call.text("owner")] += call.integer("bytes")
        return {"used_bytes": used}

    def _release_memory(self, call: Call) -> Json:
        owner, size = call.text("owner"), call.integer("bytes")
        if self._memory[owner] < size:
            raise ServiceError(
                "conflict", f"{owner!r} has {self._memory[owner]} bytes, not {size}."
            )
        self._memory[owner] -= size
        return {"used_bytes": self._memory.total()}

    def _skew(self, call: Call) -> Json:
        return {"skew_ms": self._ahead(call)}

    def _ahead(self, call: Call) -> int:
        widest = self._limits.clock_skew_ms
        drawn = derive(self._seed, "infra", "skew", call.text("node"))
        return drawn % (2 * widest + 1) - widest

    def _clock(self, call: Call) -> Json:
        return {"now_ms": round(self.now() + self._ahead(call), 3)}

    def _acquire(self, call: Call) -> Json:
        lease, owner = call.text("lease"), call.text("owner")
        holder = self._owners.get(lease)
        if holder not in (None, owner):
            raise ServiceError("lease_held", f"{lease!r} belongs to {holder!r}.", retryable=True)
        if holder is None:
            self._owners[lease] = owner
            self._tokens[lease] += 1
        return {"token": self._tokens[lease]}

    def _release_lease(self, call: Call) -> Json:
        lease, owner = call.text("lease"), call.text("owner")
        if self._owners.get(lease) != owner:
            raise ServiceError("conflict", f"{lease!r} does not belong to {owner!r}.")
        return self._expire(call)

    def _expire(self, call: Call) -> Json:
        lease = call.text("lease")
        self._owners.pop(lease, None)
        return {"token": self._tokens[lease]}

    def _check(self, call: Call) -> Json:
        lease, token = call.text("lease"), call.integer("token")
        return {"valid": lease in self._owners and token == self._tokens[lease]}


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
