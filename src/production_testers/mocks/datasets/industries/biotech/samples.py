"""Samples on plates: custody from the collection to the result, controls, labelled swaps.

An invented assay: a threshold cycle (Ct) below 35 means that the target was found, and each
cycle more means half of it. A marker of sex shows when two samples were swapped.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import bell, between, chance, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.industries.biotech.sample_rules import RULES
from production_testers.mocks.datasets.schema import (
    day,
    fields,
    listing,
    maybe,
    moment,
    number,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.stamps import DAY_S, day_text, stamp
from production_testers.mocks.datasets.streams import stream_of, valid, volume

ROWS: Final = "ABCDEFGH"
COLUMNS: Final = 12
WELLS: Final = len(ROWS) * COLUMNS
CUTOFF_CT: Final = 35.0
CYCLES: Final = 45
STEPS: Final = ("collected", "received", "extracted", "plated", "measured")
ANOMALIES: Final = ("swapped", "contaminated", "degraded")
KINDS: Final = ("sample", "positive_control", "no_template_control")

_STEP: Final = fields(
    step=word("What was done", *STEPS),
    at=moment("When"),
    by=text("Who or what did it", most=80),
)
SCHEMA: Final = fields(
    id=text("Number of the sample", pattern="^smp-[0-9]{9}$"),
    kind=word("A sample, or a control", *KINDS),
    subject=maybe(text("Pseudonym of the donor; controls have none", pattern="^don-[0-9]{7}$")),
    subject_sex=maybe(word("Of the donor", "female", "male")),
    plate=text("Barcode of the plate", pattern="^PLT[0-9]{6}$"),
    well=text("Row and column", pattern="^[A-H](0[1-9]|1[0-2])$"),
    custody=listing("What was done, in order", _STEP, least=2, most=5),
    method=text("Assay and its version", pattern=r"^qPCR-[A-Z]{2} [0-9]+\.[0-9]+$"),
    reagent_lot=text("Lot", pattern="^LOT-[0-9]{4}$"),
    reagent_expires=day("Last day on which the lot may be used"),
    freeze_thaw_cycles=whole("How often it was thawed", 0, 20),
    rna_integrity=number("RNA integrity number", 1, 10),
    barcode=text("Index sequence of the library", pattern="^[ACGT]{12}$"),
    gc_percent=number("Share of G and C in the index", 0, 100),
    ct_target=maybe(number("Cycle at which the target is seen; null: never", 5, CYCLES)),
    ct_internal=maybe(number("The same of the internal control", 5, CYCLES)),
    y_marker=maybe(word("Marker of the Y chromosome", "present", "absent")),
    copies_per_ul=whole("Calculated from the cycle", 0, 10**10),
    result=word("What is reported", "detected", "not_detected", "invalid"),
    anomaly=maybe(word("What went wrong", *ANOMALIES)),
)


def copies(ct: float | None) -> int:
    """Copies in a microlitre: ten at the 35th cycle, and twice as many for each cycle less."""
    if ct is None:
        return 0
    whole_cycles = int(CUTOFF_CT - ct) if ct <= CUTOFF_CT else -1
    if whole_cycles < 0:
        return 0
    # Between two cycles in a straight line: powers with fractions differ between machines.
    part = CUTOFF_CT - ct - whole_cycles
    return int(10 * 2**whole_cycles * (1 + part))


def result(kind: str, target: float | None, internal: float | None) -> str:
    """What is reported: without its internal control a negative means nothing."""
    if target is not None and target < CUTOFF_CT:
        return "detected"
    if internal is None and kind == "sample":
        return "invalid"
    return "not_detected"


class Laboratory:
    """The stream's state: the plate that is being filled, well by well."""

    def __init__(self, random: Random) -> None:
        self._random, self._plate, self._place = random, 0, WELLS
        self._start_s, self._lot = 5 * DAY_S, 1

    def next(self, number_: int) -> Record:
        """The next well."""
        random = self._random
        if self._place == WELLS:
            self._plate, self._place = self._plate + 1, 0
            self._start_s += 60 + int(random.random() * 1_800)
            self._lot = 1 + self._plate // 40 % 9_999
        place, self._place = self._place, self._place + 1
        kind = {94: "positive_control", 95: "no_template_control"}.get(place, "sample")
        anomaly = None
        if kind == "sample" and chance(random, 0.012):
            anomaly = pick(random, ANOMALIES)
        where = (self._plate, place, self._start_s, self._lot)
        return sample(random, number_, kind, where, anomaly)


def sample(
    random: Random, number_: int, kind: str, where: tuple[int, int, int, int], anomaly: str | None
) -> Record:
    """A well; `where` is plate, place on it, begin of the plate, lot of the reagent."""
    plate, place, start_s, lot = where
    donor = kind == "sample"
    sex = pick(random, ("female", "male")) if donor else None
    seen = sex if anomaly != "swapped" else {"female": "male", "male": "female"}[str(sex)]
    positive = kind == "positive_control" or (donor and chance(random, 0.12))
    target = round(24 + 4 * bell(random), 2) if positive else None
    target = 28.0 if kind == "positive_control" else target
    if anomaly == "contaminated":
        target = round(33.2 + random.random() * 1.5, 2)
    internal = round(27 + bell(random), 2) if kind != "no_template_control" else None
    integrity, cycles = round(8.4 + 0.4 * bell(random), 1), between(random, 0, 3)
    if anomaly == "degraded":
        integrity, cycles, target, internal = round(1.5 + random.random(), 1), 9, None, None
    barcode = "".join(pick(random, "ACGT") for _ in range(12))
    return {
        "id": f"smp-{number_:09d}",
        "kind": kind,
        "subject": f"don-{between(random, 0, 9_999_999):07d}" if donor else None,
        "subject_sex": sex,
        "plate": f"PLT{plate % 1_000_000:06d}",
        "well": f"{ROWS[place // COLUMNS]}{place % COLUMNS + 1:02d}",
        "custody": _custody(random, start_s, donor=donor),
        "method": f"qPCR-AX {1 + plate // 4_000}.{plate // 400 % 10}",
        "reagent_lot": f"LOT-{lot:04d}",
        "reagent_expires": day_text(start_s // DAY_S + 90 - lot % 60),
        "freeze_thaw_cycles": cycles,
        "rna_integrity": integrity,
        "barcode": barcode,
        "gc_percent": round(100 * sum(base in "GC" for base in barcode) / 12, 1),
        "ct_target": target,
        "ct_internal": internal,
        "y_marker": None if not donor or anomaly == "degraded"
        else "present" if seen == "male" else "absent",
        "copies_per_ul": copies(target),
        "result": result(kind, target, internal),
        "anomaly": anomaly,
    }  # fmt: skip


def _custody(random: Random, start_s: int, *, donor: bool) -> list[Any]:
    steps, at = [], start_s
    if donor:
        collected = _open(start_s - between(random, 6 * 3_600, 60 * 3_600))
        if collected > start_s - 6 * 3_600:
            collected -= DAY_S
        received = collected + between(random, 3_600, 4 * 3_600)
        steps = [("collected", collected, "clinic"), ("received", received, "front desk"),
                 ("extracted", start_s - 1_800, "extractor 2")]  # fmt: skip
    steps += [("plated", at, "robot 1"), ("measured", at + 5_400, "cycler 3")]
    return [{"step": step, "at": stamp(when), "by": who} for step, when, who in steps]


def _open(at: int) -> int:
    """The same day while the clinic is open, from 7 to 18."""
    day_, second = divmod(at, DAY_S)
    return day_ * DAY_S + 7 * 3_600 + second * 11 // 24


def _case(kind: str = "sample", place: int = 0, start_s: int = 20 * DAY_S, **members: Any) -> Make:
    def make(random: Random, number_: int) -> Record:
        made = sample(random, number_, kind, (1, place, start_s, 1), None)
        made.update(members)
        if "ct_target" in members or "ct_internal" in members:
            target: Any = made["ct_target"]
            internal: Any = made["ct_internal"]
            made.update(copies_per_ul=copies(target), result=result(kind, target, internal))
        return made

    return make


_CASES: Final[Mapping[str, Make]] = {
    "first_well": _case(place=0),
    "last_of_a_row": _case(place=11),
    "first_of_a_row": _case(place=12),
    "last_sample_well": _case(place=93),
    "just_detected": _case(ct_target=34.99),
    "at_the_cutoff": _case(ct_target=35.0),
    "just_over_the_cutoff": _case(ct_target=35.01),
    "early_cycle": _case(ct_target=8.0),
    "last_cycle": _case(ct_target=45.0),
    "no_internal_control": _case(ct_target=None, ct_internal=None),
    "detected_without_internal_control": _case(ct_target=20.0, ct_internal=None),
    "positive_control": _case("positive_control", 94),
    "no_template_control": _case("no_template_control", 95),
    "index_of_one_base": _case(barcode="GGGGGGGGGGGG", gc_percent=100.0),
    "index_without_gc": _case(barcode="ATATATATATAT", gc_percent=0.0),
    "last_day_of_the_lot": _case(reagent_expires=day_text(20)),
    "over_new_year": _case(start_s=365 * DAY_S - 600),
}


def _by_operator(random: Random, number_: int, words: str) -> Record:
    made = _case()(random, number_)
    custody: Any = made["custody"]
    custody[0]["by"] = words
    return made


def _swapped(record: dict[str, Any]) -> None:
    record["subject_sex"] = "male" if record["subject_sex"] == "female" else "female"
    record["anomaly"] = "degraded" if record["anomaly"] == "swapped" else record["anomaly"]
    if record["y_marker"] is None:
        record.update(y_marker="present", anomaly="swapped", subject_sex="male")


PLANTS: Final = (
    Plant(rule="custody", change=lambda record: record["custody"].reverse()),
    Plant(
        rule="clinic_hours",
        change=lambda record: record["custody"][0].update(
            step="collected", at="2026-01-01T03:00:00Z"
        ),
    ),
    Plant(rule="reagent", change=setting(reagent_expires="2025-01-01")),
    Plant(rule="index", change=setting(barcode="GGGGGGGGGGGG", gc_percent=50.0)),
    Plant(rule="result", change=setting(ct_target=20.0, result="not_detected")),
    Plant(rule="controls", change=setting(subject=None)),
    Plant(rule="sex", change=_swapped),
    Plant(rule="integrity", change=setting(rna_integrity=2.0, anomaly=None)),
    Plant(rule="wells", change=setting(well="A01", plate="PLT000001")),
)


def _wells(variant: str) -> Callable[[int], Iterator[Record]]:
    return stream_of("samples", variant, lambda random: Laboratory(random).next)


SCENARIO: Final = DataScenario(
    name="samples",
    about="samples on plates, from their collection to the result",
    rules=RULES,
    labels={"anomaly": "detection of swaps, contamination and decay", "result": "what to report"},
    variants={
        "valid": valid(_wells("valid"), SCHEMA, "full plates with controls; 1 % anomalous"),
        "boundary": boundary("samples", SCHEMA, {**_CASES} | unusual_texts(_by_operator)),
        "malformed": malformed(_wells("malformed"), SCHEMA, PLANTS),
        "volume": volume(_wells("volume"), SCHEMA, "full plates, many"),
    },
)
