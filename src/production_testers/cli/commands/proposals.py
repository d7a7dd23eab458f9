"""`ptest findings add`."""

from pathlib import Path

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, tell
from production_testers.phases.proposing import EXIT_CODES, Suggestion, propose
from production_testers.workspace.proposals import Proposal


def add_finding(
    run: str,
    *,
    law: str,
    scenario: Path | None = None,
    script: Path | None = None,
    way: str = "",
    title: str = "",
    note: str = "",
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Propose a finding: exit code 0 when it is one, 1 when not, 2 when nobody can tell.

    Args:
        run: Address of the run, or its folder.
        law: The law that is broken.
        scenario: A scenario file (ptest.scenario/1), or an evidence file or folder.
        script: Instead of a scenario: a Python file that holds the framework and the standard
            library alone, and ends with 1 where it shows, 0 where not, 2 where it cannot tell.
        way: In which way a script shows the law to be broken, where there are several.
        title: One line for people; by default the law's own words.
        note: Why you think so; kept with the proposal.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    suggestion = Suggestion(
        law=law, scenario=scenario, script=script, way=way, title=title, note=note
    )
    proposal = propose(place, place.whole_run(run), suggestion, tell)
    code = EXIT_CODES[proposal.state]
    if json:
        show_json(_proposed(proposal, code))
    else:
        named = f" {proposal.finding}" if proposal.finding else ""
        show(f"{proposal.id}: {proposal.state.value}{named}: {proposal.reason}.")
        if code == 0:
            show(f"Replay: ptest replay {proposal.finding}")
    return code


def _proposed(proposal: Proposal, code: int) -> dict[str, object]:
    names = ("id", "law", "title", "state", "reason", "finding", "sut")
    document = proposal.as_json()
    return {
        "proposal": document["id"],
        **{name: document[name] for name in names[1:]},
        "exit_code": code,
    }
