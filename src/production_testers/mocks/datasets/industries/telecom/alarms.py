"""Storms of alarms: one cause, and what follows from it in everything that hangs below.

Causes and severities are those of ITU-T X.733.
"""

from collections.abc import Callable, Iterator, Mapping
from heapq import heappop, heappush
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import between, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary
from production_testers.mocks.datasets.rules import Memory, rule
from production_testers.mocks.datasets.schema import (
    fields,
    flag,
    listing,
    maybe,
    moment,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.stamps import stamp_ms
from production_testers.mocks.datasets.streams import stream_of, valid, volume

CAUSES: Final = {
    "powerProblem": "lossOfSignal",
    "equipmentMalfunction": "lossOfSignal",
    "lossOfSignal": "callEstablishmentError",
    "softwareError": "performanceDegraded",
}
"""Probable cause of a first alarm → that of the alarms which follow from it."""

SEVERITIES: Final = ("critical", "major", "minor", "warning")
_FOLLOW_MS: Final = 30_000

SCHEMA: Final = fields(
    id=text("Number of the alarm", pattern="^alm-[0-9]{9}$"),
    node=text("What raises it", pattern="^(core|agg|cell)-[0-9-]+$"),
    path=listing("The nodes above it, from the core on", text("Node"), most=2),
    cause=word("Probable cause", *CAUSES, "callEstablishmentError", "performanceDegraded"),
    severity=word("Perceived severity", *SEVERITIES),
    raised_at=moment("When it was raised"),
    cleared_at=maybe(moment("When it was cleared; null while it stands")),
    flaps=whole("How often it came and went meanwhile", 0, 1_000),
    root=text("The alarm that it follows from; its own number for a first cause"),
    is_root=flag("Whether it is a first cause"),
)


class Network:
    """The stream's state: alarms that are still to come, in the order of their time."""

    def __init__(self, random: Random, aggregations: int, cells: int) -> None:
        self._random, self._now_ms, self._serial = random, 0, 0
        self._aggregations, self._cells = aggregations, cells
        self._pending: list[tuple[int, int, Record]] = []
        self._next_storm_ms = 0

    def next(self, number: int) -> Record:
        """The next alarm; numbers of roots are known because storms are made as a whole."""
        while not self._pending or self._pending[0][0] > self._next_storm_ms:
            self._storm()
        _, _, record = heappop(self._pending)
        assert number
        return record

    def _storm(self) -> None:
        random = self._random
        begin = self._next_storm_ms
        self._next_storm_ms += 1_000 + int(random.random() * 60_000)
        cause = pick(random, tuple(CAUSES))
        place = f"{between(random, 0, self._aggregations - 1):02d}"
        depth = between(random, 0, 2)
        node, path = _node(depth, place, between(random, 0, self._cells - 1))
        root = self._alarm(begin, node, path, cause, None)
        below = _below(depth, place, self._cells, self._aggregations)
        for follower, above in below if cause != "softwareError" else below[:3]:
            if random.random() < 0.8:
                later = begin + 50 + int(random.random() * (_FOLLOW_MS - 100))
                self._alarm(later, follower, above, CAUSES[cause], str(root["id"]))

    def _alarm(
        self, raised_ms: int, node: str, path: list[str], cause: str, root: str | None
    ) -> Record:
        random = self._random
        self._serial += 1
        identifier = f"alm-{self._serial:09d}"
        lasts = between(random, 1_000, 3_600_000)
        record: Record = {
            "id": identifier,
            "node": node,
            "path": list(path),
            "cause": cause,
            "severity": pick(random, SEVERITIES[:2] if root is None else SEVERITIES),
            "raised_at": stamp_ms(raised_ms),
            "cleared_at": None if random.random() < 0.1 else stamp_ms(raised_ms + lasts),
            "flaps": int(random.random() * 12) if random.random() < 0.1 else 0,
            "root": root or identifier,
            "is_root": root is None,
        }
        heappush(self._pending, (raised_ms, self._serial, record))
        return record


def _node(depth: int, place: str, cell: int) -> tuple[str, list[str]]:
    if depth == 0:
        return "core-0", []
    if depth == 1:
        return f"agg-{place}", ["core-0"]
    return f"cell-{place}-{cell:03d}", ["core-0", f"agg-{place}"]


def _below(depth: int, place: str, cells: int, aggregations: int) -> list[tuple[str, list[str]]]:
    if depth == 0:
        return [(f"agg-{n:02d}", ["core-0"]) for n in range(aggregations)]
    if depth == 1:
        return [(f"cell-{place}-{n:03d}", ["core-0", f"agg-{place}"]) for n in range(cells)]
    return []


def _case(**members: Any) -> Make:
    def make(random: Random, number: int) -> Record:
        identifier = f"alm-{number:09d}"
        return {
            "id": identifier,
            "node": "agg-03",
            "path": ["core-0"],
            "cause": pick(random, tuple(CAUSES)),
            "severity": pick(random, SEVERITIES[:2]),
            "raised_at": "2026-01-05T08:00:00.000Z",
            "cleared_at": "2026-01-05T08:05:00.000Z",
            "flaps": 0,
            "root": identifier,
            "is_root": True,
            **members,
        }

    return make


_CASES: Final[Mapping[str, Make]] = {
    "core": _case(node="core-0", path=[]),
    "cell": _case(node="cell-03-001", path=["core-0", "agg-03"]),
    "never_cleared": _case(cleared_at=None),
    "cleared_at_once": _case(cleared_at="2026-01-05T08:00:00.000Z"),
    "flapping": _case(flaps=1_000),
    "stands_over_new_year": _case(
        raised_at="2026-12-31T23:59:59.999Z", cleared_at="2027-01-01T00:00:00.000Z"
    ),
}


@rule("topology", "the path above a node is the one that its name says")
def topology(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """core, aggregation, cell."""
    kind, *rest = record["node"].split("-")
    wanted = {"core": [], "agg": ["core-0"], "cell": ["core-0", f"agg-{rest[0]}"]}[kind]
    return None if record["path"] == wanted else f"{record['node']} below {record['path']}"


@rule("cleared", "alarms are cleared after they were raised")
def cleared(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Or still stand."""
    if record["cleared_at"] is None or record["raised_at"] <= record["cleared_at"]:
        return None
    return f"raised {record['raised_at']}, cleared {record['cleared_at']}"


@rule("root", "a first cause is its own root, and severe")
def root(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """The others name another alarm."""
    own = record["root"] == record["id"]
    if own is not record["is_root"]:
        return f"{record['id']} has root {record['root']}"
    if own and record["severity"] not in {"critical", "major"}:
        return f"a first cause of severity {record['severity']}"
    return None


@rule(
    "follows",
    "what follows hangs below its root, has its effect, within half a minute",
    across=True,
)
def follows(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Roots come before what follows from them."""
    if record["is_root"]:
        memory[record["id"]] = record
        if len(memory) > 20_000:
            del memory[next(iter(memory))]
        return None
    first = memory[record["root"]]
    if first["node"] not in record["path"]:
        return f"{record['node']} does not hang below {first['node']}"
    effects = {
        "powerProblem": "lossOfSignal",
        "equipmentMalfunction": "lossOfSignal",
        "lossOfSignal": "callEstablishmentError",
        "softwareError": "performanceDegraded",
    }
    if record["cause"] != effects[first["cause"]]:
        return f"{record['cause']} does not follow from {first['cause']}"
    if not first["raised_at"] < record["raised_at"]:
        return f"{record['raised_at']} is not after {first['raised_at']}"
    return None


@rule("order", "alarms come in the order in which they were raised", across=True)
def order(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Storms overlap."""
    before = memory.get("last", "")
    memory["last"] = max(before, record["raised_at"])
    return None if record["raised_at"] >= before else f"{record['raised_at']} after {before}"


def _elsewhere(record: dict[str, Any]) -> None:
    record.update(root="alm-000000001", is_root=False, node="core-0", path=[])


PLANTS: Final = (
    Plant(rule="topology", change=setting(node="cell-03-001", path=["agg-03", "core-0"])),
    Plant(rule="cleared", change=setting(cleared_at="2025-01-01T00:00:00.000Z")),
    Plant(rule="root", change=lambda record: record.update(is_root=not record["is_root"])),
    Plant(rule="follows", change=_elsewhere),
    Plant(rule="order", change=setting(raised_at="2025-01-01T00:00:00.000Z")),
)


def _alarms(variant: str, aggregations: int, cells: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("alarms", variant, lambda random: Network(random, aggregations, cells).next)


SCENARIO: Final = DataScenario(
    name="alarms",
    about="storms of alarms, each with its first cause",
    rules=(topology, cleared, root, follows, order),
    labels={"root": "correlation: which alarm a storm comes from"},
    variants={
        "valid": valid(_alarms("valid", 8, 30), SCHEMA, "overlapping storms in a small network"),
        "boundary": boundary("alarms", SCHEMA, _CASES),
        "malformed": malformed(_alarms("malformed", 8, 30), SCHEMA, PLANTS),
        "volume": volume(_alarms("volume", 60, 400), SCHEMA, "storms of hundreds"),
    },
)
