"""Phase 1, research: what the release says and shows of itself, quoted and checked.

Reads the installed files of any distribution as text and syntax; never imports them.
"""

from production_testers.phases.research.citations import SourceCitation, verify_citations
from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.mission import HypothesisResult, Mission, Result
from production_testers.phases.research.scan import count_by_kind, scan
from production_testers.phases.research.source import InstalledSut, SutSource, read_source
from production_testers.phases.research.write import ResearchSummary, write_research

__all__ = [
    "Hazard",
    "HazardKind",
    "HypothesisResult",
    "InstalledSut",
    "Mission",
    "ResearchSummary",
    "Result",
    "SourceCitation",
    "SutSource",
    "count_by_kind",
    "read_source",
    "scan",
    "verify_citations",
    "write_research",
]
