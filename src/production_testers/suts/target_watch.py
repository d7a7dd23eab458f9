"""Searches what a team's application writes and says for what must not be there.

Secrets of requests, and what belongs to another tenant: in log records, on standard output, in
errors, answers and calls of services. Standard library only.
"""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

from production_testers.model.canonical import Json
from production_testers.model.target import Promises

SECRET_MIN = 4
"""A shorter text says nothing about where it comes from."""


class Marks:
    """What tells requests apart: their secrets, and what only one tenant's requests hold.

    Args:
        promises: Which members are secret, and which names the tenant.
        records: All requests.
    """

    def __init__(self, promises: Promises, records: Sequence[Json]) -> None:
        self.secrets: dict[int, list[str]] = {}
        for number, record in enumerate(records):
            found = [
                str(record[name])
                for name in promises.secrets
                if isinstance(record, Mapping) and len(str(record.get(name) or "")) >= SECRET_MIN
            ]
            if found:
                self.secrets[number] = found
        self.tenants = [_member(record, promises.tenant) for record in records]
        self._owners: dict[str, set[str]] = {}
        if promises.tenant:
            for tenant, record in zip(self.tenants, records, strict=True):
                for text in texts(record):
                    self._owners.setdefault(text, set()).add(tenant)
        self._own: dict[str, list[str]] = {}
        for text, owners in self._owners.items():
            if len(owners) == 1:
                self._own.setdefault(next(iter(owners)), []).append(text)

    def secrets_in(self, text: str, numbers: Sequence[int]) -> Iterator[int]:
        """Those of these requests of which a secret stands in a text."""
        for number in numbers:
            if any(secret in text for secret in self.secrets.get(number, ())):
                yield number

    def strangers_in(self, text: str, number: int, numbers: Sequence[int]) -> Iterator[int]:
        """Those of these requests, of other tenants, whose own texts stand in a text."""
        if not self._own:
            return
        for other in numbers:
            tenant = self.tenants[other]
            if tenant != self.tenants[number] and any(
                stands_in(mark, text) for mark in self._own.get(tenant, ())
            ):
                yield other


def _member(record: Json, name: str) -> str:
    return str(record.get(name)) if name and isinstance(record, Mapping) else ""


def texts(value: Json) -> Iterator[str]:
    """Every text in a value that is long enough to say where it comes from."""
    if isinstance(value, str):
        if len(value) >= SECRET_MIN:
            yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member)


def stands_in(mark: str, text: str) -> bool:
    """Whether a text holds another one as a whole word: `north` does not stand in `northern`."""
    start = text.find(mark)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(mark) :][:1]
        if not before.isalnum() and not after.isalnum():
            return True
        start = text.find(mark, start + 1)
    return False


class OutputWatch(logging.Handler):
    """Hands on every log record and every line of standard output while requests run.

    Args:
        seen: Called with what was written.
    """

    def __init__(self, seen: Callable[[str], None]) -> None:
        super().__init__()
        self._seen = seen
        self._requests = 0
        self._undo: list[Callable[[], None]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One record: its message, what is attached to it, its traceback."""
        more = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        trace = _FORMATTER.formatException(record.exc_info) if record.exc_info else ""
        self._seen(f"{record.getMessage()} {more or ''} {trace}")

    def write(self, text: str) -> int:
        """What is printed."""
        self._seen(text)
        return len(text)

    def __enter__(self) -> None:
        self._requests += 1
        if self._requests == 1:
            self._begin()

    def __exit__(self, *_exc: object) -> None:
        self._requests -= 1
        if self._requests == 0:
            while self._undo:
                self._undo.pop()()

    def _begin(self) -> None:
        root = logging.getLogger()
        disabled, level, out, err = root.manager.disable, root.level, sys.stdout, sys.stderr
        logging.disable(logging.NOTSET)
        root.setLevel(logging.INFO)
        root.addHandler(self)
        cheap = ("_srcfile", "logThreads", "logProcesses", "logMultiprocessing")
        before = {name: getattr(logging, name) for name in cheap}
        for name in cheap:  # as logging's documentation says: nobody reads where a record is from
            setattr(logging, name, None)
        sys.stdout = sys.stderr = self

        def undo() -> None:
            """As it was before."""
            sys.stdout, sys.stderr = out, err
            for name, value in before.items():
                setattr(logging, name, value)
            root.removeHandler(self)
            logging.disable(disabled)
            root.setLevel(level)

        self._undo.append(undo)


_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_FORMATTER = logging.Formatter()
