"""FINAL_REPORT.md: the workspace's template, filled with what a record holds."""

import traceback
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from production_testers.model.errors import UsageError
from production_testers.reports import markdown
from production_testers.reports.context import context_of
from production_testers.reports.record import RunRecord

TEMPLATE = "FINAL_REPORT_TEMPLATE.md"
_COMPILED = "<template>"  # what Jinja calls a template that came as text


def render(record: RunRecord, template: str) -> str:
    """The report as Markdown; equal input gives equal text.

    Args:
        record: What may be told.
        template: The text of the workspace's FINAL_REPORT_TEMPLATE.md.

    Raises:
        UsageError: The template is broken, or names something that there is not; with its line.
    """
    environment = _environment()
    context = context_of(record)
    try:
        rendered = environment.from_string(template).render(context)
    except TemplateSyntaxError as error:
        raise _broken(error.lineno, error.message or "syntax error") from error
    except Exception as error:  # a template is the user's program: it can raise anything
        raise _broken(_line_of(error), str(error) or type(error).__name__) from error
    return markdown.tidy(rendered)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # Markdown, not HTML: the filters escape
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = {
        "cell": markdown.cell,
        "text": markdown.text,
        "code": markdown.code,
        "codes": markdown.codes,
        "quoted": markdown.quoted,
        "fenced": markdown.fenced,
        "picture": markdown.picture,
    }
    environment.filters.update(filters)
    return environment


def _line_of(error: Exception) -> int | None:
    """Jinja rewrites tracebacks, so that the innermost frame of the template has its line."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno for f in reversed(frames) if f.filename == _COMPILED), None)


def _broken(line: int | None, what: str) -> UsageError:
    place = f"{TEMPLATE}:{line}" if line else TEMPLATE
    return UsageError(
        f"{place}: {what.rstrip('.')}.",
        do="Mend the line; the comment at the top of the shipped template lists every variable.",
    )
