"""Makes a scenario as small and as plain as it can be while it breaks the same law in the same way.

Choices are named by meaning, so what is left keeps its timing. `fewer` takes things away, `plainer`
brings what is left to its normal form, so that different seeds meet, and `instead` leaves a kind of
thing out where timing or a fault does the same. `search` tries all of them.
"""

from production_testers.evidence.shrinking.search import Shrunk, shrink

__all__ = ["Shrunk", "shrink"]
