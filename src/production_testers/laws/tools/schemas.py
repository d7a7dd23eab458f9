"""A payload that does not fit the schema of a tool does not reach its code."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.tools import HANDLER, fits, tool_for


def check(observation: Observation) -> Verdict:
    """Judge every action of a tool with a schema."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    for line in calls_of(observation, "execute"):
        tool = tool_for(usage.settings, line.call.arguments["action"])
        if tool is None or not tool["schema"] or line.started is None:
            continue
        payload = line.call.arguments["payload"]
        assert isinstance(payload, dict), "payloads are mappings"
        if fits(tool["schema"], payload):
            judgement.judge(
                line.error != "invalid",
                "fitting-refused",
                lambda: f"{payload} fits {tool['schema']}, and the call {line.in_words()}",
                run=line.key,
            )
        else:
            judgement.judge(
                not line.works_of(HANDLER),
                "not-validated",
                lambda: f"{payload} does not fit {tool['schema']}, and the tool's code ran",
                run=line.key,
            )
    return judgement.verdict()


LAW = Law(
    id="tools/schemas",
    statement="The code of a tool with an input schema sees only payloads that fit it.",
    category=Category.CORRECTNESS,
    capability=Capability.TOOL_SCHEMAS,
    units=frozenset({"tools"}),
    classes={
        "not-validated": OutcomeClass(
            title="The input schema of a tool is never checked",
            severity=Severity.MEDIUM,
            why="what a model made up reaches code that relies on the schema",
            type=FindingType.SECURITY,
        ),
        "fitting-refused": OutcomeClass(
            title="A payload that fits a tool's schema is refused",
            severity=Severity.MEDIUM,
            why="proper actions cannot be done",
        ),
    },
    check=check,
)
