"""Call detail records that are rated, with labelled fraud.

Telephone numbers are of ranges that regulators keep free for fiction: +44 7700 900000 to 900999
(Ofcom), +1 NPA 555 0100 to 0199 (NANPA), +33 6 39 98 00 00 to 99 99 (ARCEP), +46 70 174 06 05 to
06 99 (PTS). Equipment numbers have the test prefix 00 (GSMA TS.06) and a right check digit.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.checkdigits import luhn_digit
from production_testers.mocks.datasets.draws import digits, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary
from production_testers.mocks.datasets.industries.telecom.call_rules import RULES
from production_testers.mocks.datasets.schema import (
    fields,
    flag,
    maybe,
    moment,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.stamps import DAY_S, stamp
from production_testers.mocks.datasets.streams import stream_of, valid, volume

MCC: Final = {"GB": "234", "US": "310", "FR": "208", "SE": "240"}
CALLING: Final = {"GB": "44", "US": "1", "FR": "33", "SE": "46"}
CAUSES: Final = {16: "normal call clearing", 17: "user busy", 19: "no answer", 34: "no circuit"}
"""Release causes of ITU-T Q.850."""

FRAUD: Final = ("wangiri", "simbox", "revenue_share")
PER_MINUTE_E4: Final = {"national": 900, "international": 4_500, "roaming": 1_900}
"""Rate → ten-thousandths of a euro for each minute that has begun."""

_PREMIUM: Final = "+979"
"""International premium rate service (ITU-T E.169.2)."""

SCHEMA: Final = fields(
    id=text("Number of the record", pattern="^cdr-[0-9]{10}$"),
    calling=text("Caller, E.164", pattern=r"^\+[1-9][0-9]{6,14}$"),
    called=text("Called, E.164", pattern=r"^\+[1-9][0-9]{6,14}$"),
    imsi=text("Caller's subscription, E.212", pattern="^[0-9]{15}$"),
    imei=text("Caller's equipment, with check digit", pattern="^[0-9]{15}$"),
    serving_mcc=text("Country of the network that served the call", pattern="^[0-9]{3}$"),
    cell=text("Cell at its begin", pattern="^[0-9]{3}-[0-9]{2}-[0-9]{5}$"),
    starts_at=moment("When it was set up"),
    answered_at=maybe(moment("When it was answered; null where it was not")),
    ends_at=moment("When it was released"),
    duration_s=whole("From the answer to the release", 0, 86_400),
    cause=whole("Of its release, ITU-T Q.850", 1, 127),
    rate=word("Which rate applies", *PER_MINUTE_E4),
    charge_e4=whole("In ten-thousandths of a euro", 0, 10**9),
    is_fraud=flag("Whether it belongs to a fraud"),
    fraud_kind=maybe(word("Which", *FRAUD)),
)


def telephone(random: Random, country: str) -> str:
    """A number that nobody has."""
    if country == "GB":
        return f"+447700900{digits(random, 3)}"
    if country == "US":
        return f"+1{pick(random, ('212', '312', '415', '617', '702'))}55501{digits(random, 2)}"
    if country == "FR":
        return f"+3363998{digits(random, 4)}"
    return f"+467017406{5 + int(random.random() * 95):02d}"


def imei(random: Random) -> str:
    """Equipment of a test allocation."""
    body = f"00{digits(random, 6)}{digits(random, 6)}"
    return body + luhn_digit(body)


@dataclass(slots=True)
class _Line:
    number: str
    country: str
    imsi: str
    imei: str


class Switch:
    """The stream's state: the lines, and a fraud that goes on."""

    def __init__(self, random: Random, lines: int) -> None:
        self._random, self._now_s = random, 7 * 3600
        countries = tuple(MCC)
        self._lines = [
            _Line(
                number=telephone(random, countries[index % 4]),
                country=countries[index % 4],
                imsi=f"{MCC[countries[index % 4]]}99{index:010d}",
                imei=imei(random),
            )
            for index in range(lines)
        ]
        self._fraud, self._left, self._fraudster = "", 0, self._lines[0]

    def next(self, number: int) -> Record:
        """The next call, in the order in which they were set up."""
        random = self._random.random
        draw = random()
        self._now_s += int(draw * 4)
        if not self._left and draw < 0.004:
            self._fraud = FRAUD[int(draw * 750)]
            self._left = 10 + int(random() * 20)
            self._fraudster = self._lines[int(random() * len(self._lines))]
        index = int(random() * len(self._lines))
        line = self._lines[index]
        called = self._called(index)
        if self._left and draw > 0.4:
            self._left -= 1
            return self._fraudulent(number, called, random)
        answered = random()
        if answered < 0.72:
            wait, talk, cause = 3 + int(answered * 20), 1 + int(random() * random() * 900), 16
        else:
            wait, talk = 5 + int(random() * 40), 0
            cause = 19 if answered < 0.88 else 17 if answered < 0.98 else 34
        abroad = random() < 0.03
        serving = pick(self._random, tuple(MCC)) if abroad else line.country
        return call(number, line, called.number, (self._now_s, wait, talk, cause), serving)

    def _called(self, index: int) -> _Line:
        """Anybody but the caller; most people call within their own country."""
        random, everybody = self._random.random, len(self._lines)
        if random() < 0.8:
            return self._lines[(index + 4 + 4 * int(random() * (everybody // 4 - 1))) % everybody]
        return self._lines[index - 1 - int(random() * (everybody - 1))]

    def _fraudulent(self, number: int, called: _Line, random: Callable[[], float]) -> Record:
        who = self._fraudster
        if self._fraud == "wangiri":  # rings once, so that people call back
            moment_ = (self._now_s, 1 + int(random() * 2), 0, 19)
            return call(number, who, called.number, moment_, who.country, "wangiri")
        if self._fraud == "simbox":  # many short numbers from one equipment and one cell
            moment_ = (self._now_s, 2, 200 + int(random() * 400), 16)
            return call(number, who, called.number, moment_, who.country, "simbox")
        premium = f"{_PREMIUM}{digits(self._random, 9)}"
        moment_ = (self._now_s, 1, 1_800 + int(random() * 1_700), 16)
        return call(number, who, premium, moment_, who.country, "revenue_share")


def call(
    number: int,
    line: _Line,
    called: str,
    moment_: tuple[int, int, int, int],
    serving: str,
    fraud: str | None = None,
) -> Record:
    """A record; `moment_` is begin, seconds to the answer, seconds of talk, cause."""
    begin, wait, talk, cause = moment_
    answered = begin + wait if talk or cause == 16 else None
    rate = _rate(line.country, called, serving)
    return {
        "id": f"cdr-{number:010d}",
        "calling": line.number,
        "called": called,
        "imsi": line.imsi,
        "imei": line.imei,
        "serving_mcc": MCC[serving],
        "cell": f"{MCC[serving]}-99-{int(line.imsi[-5:]):05d}",
        "starts_at": stamp(begin),
        "answered_at": None if answered is None else stamp(answered),
        "ends_at": stamp(begin + wait + talk),
        "duration_s": talk,
        "cause": cause,
        "rate": rate,
        "charge_e4": -(-talk // 60) * PER_MINUTE_E4[rate],
        "is_fraud": fraud is not None,
        "fraud_kind": fraud,
    }


def _rate(home: str, called: str, serving: str) -> str:
    if serving != home:
        return "roaming"
    return "national" if called.startswith(f"+{CALLING[home]}") else "international"


def _case(talk: int, wait: int = 5, cause: int = 16, begin: int = 9 * DAY_S) -> Make:
    def make(random: Random, number: int) -> Record:
        line = _Line(telephone(random, "GB"), "GB", "234990000000001", imei(random))
        moment_ = (begin, wait, talk, cause)
        return call(number, line, telephone(random, "GB"), moment_, "GB")

    return make


def _abroad(random: Random, number: int) -> Record:
    line = _Line(telephone(random, "FR"), "FR", "208990000000002", imei(random))
    return call(number, line, telephone(random, "FR"), (DAY_S, 4, 61, 16), "SE")


_CASES: Final[Mapping[str, Make]] = {
    "one_second": _case(1),
    "a_minute": _case(60),
    "a_minute_and_a_second": _case(61),
    "a_day": _case(86_400),
    "answered_and_gone": _case(0),
    "busy": _case(0, 0, 17),
    "no_answer": _case(0, 45, 19),
    "no_circuit": _case(0, 0, 34),
    "over_midnight": _case(120, begin=10 * DAY_S - 60),
    "over_new_year": _case(7_200, begin=365 * DAY_S - 3_600),
    "while_clocks_change": _case(7_200, begin=87 * DAY_S + 1_800),
    "abroad": _abroad,
}


def _dearer(record: dict[str, Any]) -> None:
    record["charge_e4"] += 1


def _relabelled(record: dict[str, Any]) -> None:
    record["is_fraud"] = not record["is_fraud"]


PLANTS: Final = (
    Plant(rule="numbers", change=setting(imsi="262990000000001")),
    Plant(rule="equipment", change=setting(imei="001234567890123")),
    Plant(rule="one_subscription", change=setting(imsi="234990000000000")),
    Plant(rule="times", change=setting(duration_s=86_399)),
    Plant(rule="cause", change=setting(cause=17, answered_at="2026-01-01T07:00:00Z")),
    Plant(rule="charge", change=_dearer),
    Plant(rule="cell", change=setting(cell="999-99-00001")),
    Plant(rule="order", change=setting(starts_at="2025-12-31T00:00:00Z")),
    Plant(rule="label", change=_relabelled),
)


def _calls(variant: str, lines: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("calls", variant, lambda random: Switch(random, lines).next)


SCENARIO: Final = DataScenario(
    name="calls",
    about="call records that are rated, with labelled fraud",
    rules=RULES,
    labels={"is_fraud": "fraud detection", "charge_e4": "what rating must give"},
    variants={
        "valid": valid(_calls("valid", 400), SCHEMA, "400 lines; some 8 % fraud in bursts"),
        "boundary": boundary("calls", SCHEMA, _CASES),
        "malformed": malformed(_calls("malformed", 400), SCHEMA, PLANTS),
        "volume": volume(_calls("volume", 5_000), SCHEMA, "5,000 lines"),
    },
)
