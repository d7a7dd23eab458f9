"""What a run's configuration names; people may edit it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from production_testers.experiments.environments import Sut
from production_testers.model.errors import UsageError
from production_testers.workspace.documents import RunConfig


def sut_of(config: RunConfig) -> Sut:
    """The system under test of a run, as its configuration names it.

    Raises:
        UsageError: It names none that can be used.
    """
    with usable("sut"):
        raw: Any = config.as_json()["sut"]
        name, source = str(raw["name"]), raw["source"]
        version = None if source or name == "reference" else str(raw["version"])
        known = Sut.parse(f"{name}=={version}" if version else name)
        return Sut(name=known.name, version=version, source=source)


@contextmanager
def usable(part: str) -> Iterator[None]:
    """What people may edit can hold anything.

    Raises:
        UsageError: It does not hold what is read from it.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"config/run_config.json: {part} cannot be used: {type(error).__name__}: {error}.",
            do="Restore it, or scaffold a new run.",
        ) from error
