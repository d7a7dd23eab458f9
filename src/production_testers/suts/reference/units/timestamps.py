"""Reading moments, one style after the other."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("%B %d, %Y", "%d %b %Y")


class Timestamps:
    """See `production_testers.units.timestamps`."""

    errors: Mapping[type[BaseException], str] = {ValueError: "unreadable"}

    def __init__(self, settings: Mapping[str, Any], _bench: Bench) -> None:
        self._zone = timezone(timedelta(minutes=settings["zone_min"]))

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        written = arguments["written"]
        if isinstance(written, str) and written.strip("-").isdigit():
            written = int(written)
        if isinstance(written, int | float):
            return self._number(written)
        moment = self._text(written)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)
        return (moment - _EPOCH) // timedelta(microseconds=1)

    def _number(self, number: float) -> int:
        """Seconds have ten digits, milliseconds thirteen, microseconds sixteen."""
        for digits, factor in ((11, 1_000_000), (14, 1_000), (17, 1)):
            if abs(number) < 10**digits:
                return round(number * factor)
        raise ValueError(f"{number} is no moment")

    def _text(self, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
        for style in _DAYS:
            try:
                return datetime.strptime(text, style)  # noqa: DTZ007 - the caller adds the zone
            except ValueError:
                continue
        try:
            return parsedate_to_datetime(text)
        except TypeError as error:
            raise ValueError(f"{text!r} is no moment") from error
