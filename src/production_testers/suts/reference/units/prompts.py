"""Prompts in two mappings."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.prompts import rendered, variables_of


class UnknownPromptError(Exception):
    """There is no such prompt, or not in that version."""


class IncompleteError(Exception):
    """A value is missing."""


class Prompts:
    """See `production_testers.units.prompts`."""

    errors: Mapping[type[BaseException], str] = {
        UnknownPromptError: "unknown",
        IncompleteError: "incomplete",
    }

    def __init__(self, _settings: Mapping[str, Any], _bench: Bench) -> None:
        self._templates: dict[str, dict[str, str]] = {}
        self._default: dict[str, str] = {}

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "register":
            self._register(**arguments)
            return None
        if operation == "versions":
            return sorted(self._templates.get(arguments["name"], {}))
        return self._render(**arguments)

    def _register(self, name: str, version: str, template: str, default: bool) -> None:  # noqa: FBT001 - as the operation has it
        self._templates.setdefault(name, {})[version] = template
        if default or name not in self._default:
            self._default[name] = version

    def _render(self, name: str, version: str | None, values: dict[str, str]) -> Json:
        chosen = self._default.get(name) if version is None else version
        template = self._templates.get(name, {}).get(str(chosen))
        if template is None:
            raise UnknownPromptError(f"{name} {chosen}")
        if variables_of(template) - set(values):
            raise IncompleteError(f"{name} {chosen}")
        return {"version": chosen, "text": rendered(template, values)}
