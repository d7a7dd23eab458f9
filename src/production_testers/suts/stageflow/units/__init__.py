"""Units of stageflow, one a module; a release that lacks one cannot import its module.

A module imports stageflow and the standard library only, and is short: it stands as it is in the
script that shows a defect without this package.
"""

import importlib
from collections.abc import Mapping
from typing import Any

from production_testers.model.semantics import Capability

MODULES: Mapping[str, str] = {
    "agent_loop": "agent_loop",
    "approval": "approval",
    "contracts": "contracts",
    "diff": "diff",
    "guard_checks": "guard_checks",
    "guard_stage": "guard_stage",
    "prompts": "prompts",
    "retry": "retry",
    "sign_in": "sign_in",
    "structured_answers": "structured_answers",
    "tenancy": "tenancy",
    "tool_registry": "tool_registry",
    "tools": "tools",
    "typed_output": "typed_output",
    "undo_store": "undo_store",
    "untrusted_text": "untrusted_text",
}
"""Name of the unit → its module in this package."""

CAPABILITIES: Mapping[Capability, str] = {
    Capability.AGENT_LOOP: "agent_loop",
    Capability.APPROVAL: "approval",
    Capability.CONTENT_FILTER: "guard_checks",
    Capability.CONTENT_LENGTH: "guard_checks",
    Capability.CONTRACTS: "contracts",
    Capability.CONTRACT_DIFF: "contracts",
    Capability.DISGUISED_TEXT: "guard_checks",
    Capability.GUARD_AUDIT: "guard_stage",
    Capability.GUARD_STAGE: "guard_stage",
    Capability.INJECTION_DETECTION: "guard_checks",
    Capability.JSON_DIFF: "diff",
    Capability.LEAKAGE_DETECTION: "guard_checks",
    Capability.PROMPTS: "prompts",
    Capability.RETRY: "retry",
    Capability.SIGN_IN: "sign_in",
    Capability.STRUCTURED_ANSWERS: "structured_answers",
    Capability.TENANCY: "tenancy",
    Capability.TEXT_DIFF: "diff",
    Capability.TOOLS: "tools",
    Capability.TOOL_APPROVAL: "tools",
    Capability.TOOL_CALLS: "tool_registry",
    Capability.TOOL_EVENTS: "tools",
    Capability.TOOL_PLANS: "tool_registry",
    Capability.TOOL_REGISTRY: "tool_registry",
    Capability.TOOL_SCHEMAS: "tools",
    Capability.TOOL_UNDO: "tools",
    Capability.TYPED_OUTPUT: "typed_output",
    Capability.UNDO_STORE: "undo_store",
    Capability.UNTRUSTED_TEXT: "untrusted_text",
}
"""What a release offers only if the module of this unit can be imported."""


def binding(name: str) -> Any:
    """The class that binds a unit to this release.

    Raises:
        ImportError: This release does not have it.
    """
    return importlib.import_module(f"{__name__}.{MODULES[name]}").Binding


def is_there(name: str) -> bool:
    """Whether this release has a unit."""
    try:
        binding(name)
    except (ImportError, AttributeError):
        return False
    return True
