"""Where a team's application is executed: beside its framework, with what it imports."""

from pathlib import Path

from production_testers.experiments.environments import Environment, Sut, prepare
from production_testers.model.errors import UsageError
from production_testers.model.target import Target


def environment_for(target: Target, sut: Sut) -> Environment:
    """The team's own interpreter where it names one, and that of the system under test otherwise.

    Raises:
        UsageError: The interpreter does not exist.
        SutUnavailableError: The system under test cannot be installed.
    """
    if not target.python:
        return prepare(sut)
    python = Path(target.python)
    if not python.is_file():
        raise UsageError(f"python: {target.python} does not exist.", do="Mend it in ptest.toml.")
    found = sorted(python.parent.parent.glob("lib/python*/site-packages"))
    return Environment(python=python, site_packages=found[0] if found else None, packages={})
