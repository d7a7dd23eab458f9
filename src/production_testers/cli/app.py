"""The application: which commands there are, and what an error becomes.

Commands are imported when they are called: `ptest --help` stays quick.
"""

import sys
import traceback
from pathlib import Path
from typing import NoReturn

import cyclopts

from production_testers import __version__
from production_testers.cli.output import finish, tell
from production_testers.model.errors import PtestError, UsageError
from production_testers.workspace.atomic import is_full, write_error

app = cyclopts.App(
    name="ptest",
    help="Stress-tests asynchronous pipeline frameworks; every finding replays.",
    version=__version__,
    suppress_keyboard_interrupt=False,  # it becomes exit code 75 here, like every interruption
)
roadmap = cyclopts.App(name="roadmap", help="The roadmap of test targets.")
findings = cyclopts.App(name="findings", help="The findings of all runs.")
runs = cyclopts.App(name="runs", help="The runs of the workspace.")
faults = cyclopts.App(name="faults", help="What can go wrong: kinds of faults, and plans.")
target = cyclopts.App(name="target", help="A team's own application.")
for _group in (roadmap, findings, runs, faults, target):
    app.command(_group)

_COMMANDS = "production_testers.cli.commands"
app.command(f"{_COMMANDS}.init:init")
app.command(f"{_COMMANDS}.run:run")
app.command(f"{_COMMANDS}.run:new")
app.command(f"{_COMMANDS}.run:resume")
app.command(f"{_COMMANDS}.agent:agent")
app.command(f"{_COMMANDS}.validate:validate")
app.command(f"{_COMMANDS}.replay:replay")
app.command(f"{_COMMANDS}.verify:verify")
app.command(f"{_COMMANDS}.shrink:shrink")
app.command(f"{_COMMANDS}.bisect:bisect")
app.command(f"{_COMMANDS}.matrix:matrix")
app.command(f"{_COMMANDS}.bundle:bundle")
app.command(f"{_COMMANDS}.data:data")
app.command(f"{_COMMANDS}.load:load")
app.command(f"{_COMMANDS}.serve:serve")
app.command(f"{_COMMANDS}.aggregate:aggregate")
app.command(f"{_COMMANDS}.archive:archive")
app.command(f"{_COMMANDS}.restore:restore")
app.command(f"{_COMMANDS}.doctor:doctor")
app.command(f"{_COMMANDS}.demo:demo")
roadmap.command(f"{_COMMANDS}.roadmap:list_entries", name="list")
roadmap.command(f"{_COMMANDS}.roadmap:show_entry", name="show")
roadmap.command(f"{_COMMANDS}.roadmap:next_entry", name="next")
roadmap.command(f"{_COMMANDS}.roadmap:show_coverage", name="coverage")
findings.command(f"{_COMMANDS}.findings:list_findings", name="list")
findings.command(f"{_COMMANDS}.findings:show_finding", name="show")
findings.command(f"{_COMMANDS}.proposals:add_finding", name="add")
findings.command(f"{_COMMANDS}.resolve:resolve_finding", name="resolve")
findings.command(f"{_COMMANDS}.export:export_findings", name="export")
runs.command(f"{_COMMANDS}.runs:list_runs", name="list")
faults.command(f"{_COMMANDS}.faults:list_faults", name="list")
faults.command(f"{_COMMANDS}.faults:show_fault", name="show")
faults.command(f"{_COMMANDS}.faults:plan_faults", name="plan")
faults.command(f"{_COMMANDS}.faults:dry_run", name="dry-run")
faults.command(f"{_COMMANDS}.faults:run_under", name="run")
faults.command(f"{_COMMANDS}.faults:undo_faults", name="undo")
target.command(f"{_COMMANDS}.target:check", name="check")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command and exit with its code."""
    sys.exit(call(sys.argv[1:] if arguments is None else arguments))


def call(arguments: list[str]) -> int:
    """Run a command and give its exit code; errors become one line on standard error."""
    try:
        code = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
        finish()
    except cyclopts.CycloptsError as error:
        return _explain(UsageError(_one_line(str(error)), do="See ptest --help."))
    except PtestError as error:
        return _explain(error)
    except KeyboardInterrupt:
        tell("Interrupted.")
        return 75
    except Exception as error:  # noqa: BLE001 - Python's own exit code 1 would mean "findings"
        return _explain(_unforeseen(error))
    return code if isinstance(code, int) else 0


def _explain(error: PtestError) -> int:
    tell(f"ptest: {error}")
    return error.exit_code


def _unforeseen(error: Exception) -> PtestError:
    if isinstance(error, OSError) and is_full(error):
        if error.filename:
            return write_error(Path(error.filename), error)
        return PtestError(f"{error.strerror}.", do="Free some space.")
    traceback.print_exception(error)
    return PtestError(f"{type(error).__name__}: {error}.", do="Please report this.")


def _one_line(text: str) -> str:
    return " ".join(text.split())
