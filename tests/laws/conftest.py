"""Makes the modules beside the tests importable as `detection.…`, and simulations reproducible."""

import sys
from pathlib import Path

from production_testers.simulation import install

TESTS = str(Path(__file__).parents[1])
if TESTS not in sys.path:
    sys.path.append(TESTS)

install()
