"""Faults of the infrastructure: a process dies, a disk is full, a clock jumps, a device is gone.

At a service, what the infrastructure lacks shows in the mock `infra`, in both ways to run. At a
process and at the host, they are done to real processes; see `mocks.servers`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from production_testers.mocks.faults.kinds import (
    AT_SERVICE,
    BOTH,
    REAL,
    SIMULATED,
    Kind,
    Layer,
    Moment,
    Param,
    milliseconds,
    only_with,
    share,
    text,
    whole,
)
from production_testers.mocks.services.contract import ServiceError
from production_testers.mocks.wire.fronts import encode_answer
from production_testers.mocks.wire.messages import Reply
from production_testers.model.canonical import Json
from production_testers.model.fault_plan import Place

_PROCESS = {Place.PROCESS: REAL}
_AFTER_MS = "After `ms`; at the latest when the run ends, or whoever runs it dies."
MEGABYTE = 1_000_000


def _refusal(
    code: str, message: str, *, retryable: bool = False
) -> Callable[[Moment], ServiceError]:
    return lambda _moment: ServiceError(code, message, retryable=retryable)


def _torn(moment: Moment) -> Mapping[str, Json]:
    written = str(moment.payload.get("text", ""))
    return {**moment.payload, "text": written[: int(len(written) * moment.params["share"])]}


def _another(moment: Moment) -> Mapping[str, Json]:
    return {**moment.payload, "behind": True}


def _jumped(moment: Moment, answer: Any) -> Any:
    return {**answer, "now_ms": round(answer["now_ms"] + moment.params["by_ms"], 3)}


def _drifting(moment: Moment, answer: Any) -> Any:
    drifted = answer["now_ms"] * (1 + moment.params["ppm"] / 1_000_000)
    return {**answer, "now_ms": round(drifted, 3)}


def _swallowed(moment: Moment) -> Reply:
    return encode_answer(moment.service, moment.operation, {"id": 0, "depth": 0})


def _gone(_moment: Moment) -> Reply:
    return Reply(broken="connection_reset")


def _at(name: str, what: str, *at: str, **members: Any) -> Kind:
    params: Mapping[str, Param] = members.pop("params", {})
    return Kind(
        name=name,
        layer=Layer.INFRASTRUCTURE,
        what=what,
        places=members.pop("places", AT_SERVICE),
        at=at,
        params=params,
        **members,
    )


KINDS = (
    _at(
        "process-killed",
        "The process is killed (SIGKILL) and started anew; at a service, whatever was not kept"
        " is gone and the call is reset.",
        places={Place.SERVICE: BOTH, Place.PROCESS: REAL},
        params={"ms": milliseconds(200, "until it is started anew, at a process")},
        ends="With the call; at a process, when it is started anew.",
        crash=True,
        refuse=_gone,
    ),
    _at(
        "process-paused",
        "The process stands still (SIGSTOP), and goes on as if nothing had been.",
        places={Place.SERVICE: BOTH, Place.PROCESS: REAL},
        params={"ms": milliseconds(500, "how long")},
        ends=_AFTER_MS,
        before_ms=lambda moment: moment.params["ms"],
    ),
    _at(
        "process-terminated",
        "The process is asked to end (SIGTERM), and started anew when it has.",
        places=_PROCESS,
        params={"ms": milliseconds(200, "until it is started anew")},
        ends="When it is started anew.",
    ),
    _at(
        "cpu-throttled",
        "The process runs only a part of the time: it is stopped and continued in short turns.",
        places=_PROCESS,
        params={
            "ms": milliseconds(1_000, "how long"),
            "share": share(0.8, "of the time that it stands still"),
        },
        ends=_AFTER_MS,
    ),
    _at(
        "cpu-hog",
        "Others take the processor; in a simulated stage, its work takes longer.",
        places={Place.HOST: REAL, Place.STAGE: SIMULATED},
        params={
            "ms": milliseconds(1_000, "how long, at the host"),
            "processes": whole(2, "how many of them, at the host", low=1, high=64),
            "factor": Param(default=10.0, what="times longer, in a stage", low=1, high=1_000),
        },
        ends=f"With the execution of the stage; at the host: {_AFTER_MS}",
    ),
    _at(
        "memory-cap",
        "No more memory can be had: of a process, beyond what it has and a little.",
        "infra.memory_allocate",
        places={Place.SERVICE: BOTH, Place.STAGE: BOTH, Place.PROCESS: REAL},
        params={
            "bytes": whole(MEGABYTE, "what a process may still take, bytes"),
            "ms": milliseconds(1_000, "how long, at a process"),
        },
        ends=f"With the call, or the execution of the stage; at a process: {_AFTER_MS}",
        error=_refusal("out_of_memory", "There is no memory left.", retryable=True),
    ),
    _at(
        "disk-full",
        "The disk is full: a write is refused and changes nothing.",
        "infra.disk_write",
        places={Place.SERVICE: BOTH, Place.PROCESS: REAL},
        params={
            "path": text("", "folder whose small file system is filled, at a process"),
            "ms": milliseconds(1_000, "how long, at a process"),
        },
        ends=f"With the call; at a process: {_AFTER_MS}",
        error=_refusal("disk_full", "No space left on device."),
    ),
    _at(
        "file-size-capped",
        "Files may not grow beyond a size: a write fails (EFBIG).",
        places=_PROCESS,
        params={
            "bytes": whole(4096, "the size"),
            "ms": milliseconds(1_000, "how long"),
        },
        ends=_AFTER_MS,
    ),
    _at(
        "disk-slow",
        "The disk takes long.",
        "infra.disk_*",
        params={"ms": milliseconds(500, "how long")},
        before_ms=lambda moment: moment.params["ms"],
    ),
    _at(
        "disk-torn-write",
        "Only a part of what was written is on the disk, and nobody says so.",
        "infra.disk_write",
        params={"share": share(0.5, "the part")},
        request=_torn,
        ends="Never by itself: what is on the disk stays there.",
    ),
    _at(
        "disk-read-error",
        "What is on the disk cannot be read.",
        "infra.disk_read",
        error=_refusal("io_error", "Input/output error."),
    ),
    _at(
        "clock-jump",
        "The clock is suddenly ahead, or behind.",
        "infra.clock_now",
        params={
            "by_ms": Param(
                default=3_600_000,
                what="how far ahead, milliseconds; below 0 behind",
                low=-1e12,
                high=1e12,
            )
        },
        answer=only_with("now_ms", _jumped),
        ends="With the reading.",
    ),
    _at(
        "clock-drift",
        "The clock runs too fast, or too slow.",
        "infra.clock_now",
        params={
            "ppm": Param(
                default=50_000,
                what="how much too fast, millionths; below 0 too slow",
                low=-1_000_000,
                high=1_000_000,
            )
        },
        answer=only_with("now_ms", _drifting),
        ends="With the reading.",
    ),
    _at(
        "descriptors-exhausted",
        "No more files or sockets can be opened (EMFILE).",
        places={Place.SERVICE: SIMULATED, Place.PROCESS: REAL},
        params={"ms": milliseconds(1_000, "how long, at a process")},
        ends=f"With the call; at a process: {_AFTER_MS}",
        refuse=lambda _moment: Reply(broken="too_many_open_files"),
    ),
    _at(
        "accelerator-lost",
        "The accelerator falls off the bus; what was in its memory is gone.",
        "infra.device_*",
        first=("device_lose", ()),
        ends="When the pipeline resets the device (`device_reset`).",
    ),
    _at(
        "accelerator-out-of-memory",
        "The accelerator's memory is full.",
        "infra.device_allocate",
        error=_refusal("device_out_of_memory", "The device has no memory left.", retryable=True),
    ),
    _at(
        "queue-full",
        "The queue takes no more.",
        "infra.queue_publish",
        error=_refusal("queue_full", "The queue is full.", retryable=True),
    ),
    _at(
        "queue-duplicate",
        "A message is in the queue twice.",
        "infra.queue_publish",
        again=1,
        ends="When both have been consumed.",
    ),
    _at(
        "queue-out-of-order",
        "Another message comes than the one that is due.",
        "infra.queue_consume",
        request=_another,
    ),
    _at(
        "queue-message-lost",
        "A message is acknowledged and gone.",
        "infra.queue_publish",
        refuse=_swallowed,
        ends="Never by itself: the message is gone.",
    ),
    _at(
        "lease-expired",
        "A lease is taken from its owner before it looks.",
        "infra.lease_check",
        first=("lease_expire", ("lease",)),
        ends="When it is acquired anew.",
    ),
    _at(
        "link-down",
        "One node cannot reach another.",
        "infra.net_send",
        error=_refusal("unreachable", "The link is down.", retryable=True),
    ),
)
