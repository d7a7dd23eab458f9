"""An application that is right: what the unit `target` is tried on where no team names its own."""

from collections.abc import Mapping
from typing import Any


async def handle(request: Any) -> Mapping[str, Any]:
    """Answer with what was asked."""
    return {"asked": request, "words": len(str(request).split())}
