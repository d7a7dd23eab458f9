"""What an agent is told: the workspace's AGENT_SYSTEM_PROMPT.md, filled for one run."""

import traceback

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from production_testers.laws import LAWS
from production_testers.model.errors import UsageError
from production_testers.phases.context import RunContext
from production_testers.workspace.journal import JournalKind
from production_testers.workspace.layout import PHASES
from production_testers.workspace.proposals import proposals_of
from production_testers.workspace.schema import read_bytes

_COMPILED = "<template>"  # what Jinja calls a template that came as text


def render(context: RunContext) -> str:
    """The prompt for a run, with what it holds already.

    Raises:
        UsageError: The template is missing or broken, or names something that there is not.
    """
    name = context.workspace.agent_prompt.name
    text = read_bytes(context.workspace.agent_prompt).decode(errors="replace")
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # Markdown, not HTML
        keep_trailing_newline=True,
    )
    try:
        return environment.from_string(text).render(_variables(context))
    except TemplateSyntaxError as error:
        raise UsageError(f"{name}:{error.lineno}: {error.message}.", do="Mend the line.") from error
    except Exception as error:  # a template is the user's program: it can raise anything
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(frames) if f.filename == _COMPILED), None)
        raise UsageError(f"{name}:{line or 1}: {error}.", do="Mend the line.") from error


def _variables(context: RunContext) -> dict[str, object]:
    entry, journal = context.entry, context.run.journal
    done = journal.phases_completed()
    offered = context.description["capabilities"]
    return {
        "ENTRY_ID": entry.id,
        "ENTRY_TITLE": entry.title,
        "PRIORITY": entry.priority,
        "RISK_CLASS": entry.risk,
        "INDUSTRY": entry.industry or "",
        "DEPLOYMENT_MODE": entry.deployment_mode or "",
        "RUN": context.run.address,
        "SUT": context.sut_label,
        "SEED": context.plan.seed,
        "WORKED_ON_BEFORE": journal.last(JournalKind.AGENT_STARTED) is not None,
        "PHASES_DONE": [phase for phase in PHASES if phase in done],
        "PHASES_LEFT": [phase for phase in PHASES if phase not in done],
        "FINDINGS": [
            {"id": finding.id, "title": finding.title}
            for finding in context.run.read_findings().findings
        ],
        "PROPOSALS": [
            {"id": one.id, "law": one.law or "", "state": one.state.value, "reason": one.reason}
            for one in proposals_of(context.run)
        ],
        "LAWS": [
            {"id": law.id, "statement": law.statement}
            for law in LAWS.values()
            if law.capability.value in offered and not law.needs_costs
        ],
    }
