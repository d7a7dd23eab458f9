"""Countries and cities whose facts agree: currency, zone, telephone and network codes.

Currencies ISO 4217, zones of the tz database, calling codes ITU-T E.164, mobile country codes
ITU-T E.212. The rates are those of no day: near those of early 2026, and fixed.
"""

from dataclasses import dataclass
from typing import Final

from production_testers.mocks.datasets.stamps import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country.

    Attributes:
        code: ISO 3166-1.
        currency: ISO 4217; all of them have hundredths.
        per_euro: Units of the currency for one euro.
        zone: Of the cities below.
        calling: Telephone prefix, without the plus sign.
        mcc: Mobile country code.
        vat_percent: Standard rate and reduced rate, for goods.
        postal: Pattern of a postal code: `9` stands for a digit, `A` for a letter.
    """

    code: str
    currency: str
    per_euro: float
    zone: Zone
    calling: str
    mcc: str
    vat_percent: tuple[float, float]
    postal: str


_CET: Final = "eu"
COUNTRIES: Final = {
    country.code: country
    for country in (
        Country(
            code="DE",
            currency="EUR",
            per_euro=1.0,
            zone=Zone("Europe/Berlin", 1, _CET),
            calling="49",
            mcc="262",
            vat_percent=(19, 7),
            postal="99999",
        ),
        Country(
            code="FR",
            currency="EUR",
            per_euro=1.0,
            zone=Zone("Europe/Paris", 1, _CET),
            calling="33",
            mcc="208",
            vat_percent=(20, 5.5),
            postal="99999",
        ),
        Country(
            code="NL",
            currency="EUR",
            per_euro=1.0,
            zone=Zone("Europe/Amsterdam", 1, _CET),
            calling="31",
            mcc="204",
            vat_percent=(21, 9),
            postal="9999 AA",
        ),
        Country(
            code="AT",
            currency="EUR",
            per_euro=1.0,
            zone=Zone("Europe/Vienna", 1, _CET),
            calling="43",
            mcc="232",
            vat_percent=(20, 10),
            postal="9999",
        ),
        Country(
            code="GB",
            currency="GBP",
            per_euro=0.85,
            zone=Zone("Europe/London", 0, _CET),
            calling="44",
            mcc="234",
            vat_percent=(20, 0),
            postal="SW9 9AA",
        ),
        Country(
            code="CH",
            currency="CHF",
            per_euro=0.94,
            zone=Zone("Europe/Zurich", 1, _CET),
            calling="41",
            mcc="228",
            vat_percent=(8.1, 2.6),
            postal="9999",
        ),
        Country(
            code="SE",
            currency="SEK",
            per_euro=11.2,
            zone=Zone("Europe/Stockholm", 1, _CET),
            calling="46",
            mcc="240",
            vat_percent=(25, 12),
            postal="999 99",
        ),
        Country(
            code="US",
            currency="USD",
            per_euro=1.1,
            zone=Zone("America/New_York", -5, "us"),
            calling="1",
            mcc="310",
            vat_percent=(0, 0),
            postal="99999",
        ),
        Country(
            code="CA",
            currency="CAD",
            per_euro=1.55,
            zone=Zone("America/Toronto", -5, "us"),
            calling="1",
            mcc="302",
            vat_percent=(5, 0),
            postal="A9A 9A9",
        ),
        Country(
            code="BR",
            currency="BRL",
            per_euro=6.1,
            zone=Zone("America/Sao_Paulo", -3),
            calling="55",
            mcc="724",
            vat_percent=(17, 7),
            postal="99999-999",
        ),
        Country(
            code="NG",
            currency="NGN",
            per_euro=1700.0,
            zone=Zone("Africa/Lagos", 1),
            calling="234",
            mcc="621",
            vat_percent=(7.5, 0),
            postal="999999",
        ),
        Country(
            code="IN",
            currency="INR",
            per_euro=93.0,
            zone=Zone("Asia/Kolkata", 5.5),
            calling="91",
            mcc="404",
            vat_percent=(18, 5),
            postal="999999",
        ),
        Country(
            code="SG",
            currency="SGD",
            per_euro=1.48,
            zone=Zone("Asia/Singapore", 8),
            calling="65",
            mcc="525",
            vat_percent=(9, 9),
            postal="999999",
        ),
    )
}
"""Code → country."""


@dataclass(frozen=True, slots=True)
class City:
    """Where something happens; degrees north and east."""

    name: str
    country: str
    latitude: float
    longitude: float


CITIES: Final = (
    City("Berlin", "DE", 52.52, 13.4),
    City("Hamburg", "DE", 53.55, 9.99),
    City("Paris", "FR", 48.86, 2.35),
    City("Amsterdam", "NL", 52.37, 4.9),
    City("Vienna", "AT", 48.21, 16.37),
    City("London", "GB", 51.51, -0.13),
    City("Zurich", "CH", 47.37, 8.54),
    City("Stockholm", "SE", 59.33, 18.07),
    City("New York", "US", 40.71, -74.01),
    City("Toronto", "CA", 43.65, -79.38),
    City("Sao Paulo", "BR", -23.55, -46.63),
    City("Lagos", "NG", 6.52, 3.38),
    City("Mumbai", "IN", 19.08, 72.88),
    City("Singapore", "SG", 1.35, 103.82),
)
