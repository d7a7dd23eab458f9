"""The services of a run folder, made by its own `mocks/services`."""

import importlib
import sys
from pathlib import Path

from production_testers.mocks.services.contract import Service
from production_testers.model.errors import UsageError

NAMES = ("llm", "db", "api", "infra")


def services_of(folder: Path, seed: int) -> dict[str, Service]:
    """Every service that a run folder has, by name.

    Raises:
        UsageError: The folder has none, or one of its modules cannot be used.
    """
    where = folder.resolve()
    if not (where / "mocks" / "services").is_dir():
        raise UsageError(f"{folder} has no mocks/services/.", do="Name a run folder.")
    sys.path.insert(0, str(where))
    try:
        found: dict[str, Service] = {}
        for name in NAMES:
            if (where / "mocks" / "services" / f"mock_{name}.py").is_file():
                module = importlib.import_module(f"mocks.services.mock_{name}")
                found[name] = module.service(seed)
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(
            f"{folder}/mocks/services cannot be used: {type(error).__name__}: {error}.",
            do="Mend it, or scaffold a new run.",
        ) from error
    finally:
        sys.path.remove(str(where))
    return found
