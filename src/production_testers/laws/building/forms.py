"""However a stage is stated, it is executed as what it is."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.stage_forms import WORK, setting_of


def check(observation: Observation) -> Verdict:
    """Judge every run, and what objects have seen over all of them."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    settings: Any = usage.settings
    count = settings.get("stages", 1)
    lines = [line for line in calls_of(observation, "run") if line.ended and not line.given_up]
    seen: dict[int, list[int]] = {place: [] for place in range(count)}
    for line in lines:
        told: Any = line.value if isinstance(line.value, list) else []
        done = sum(work.how == "ok" for work in line.works_of(WORK))
        executed = line.outcome == "returned" and done == len(told) == count
        judgement.judge(
            executed,
            "not-executed",
            lambda line=line, done=done: (  # type: ignore[misc]
                f"of {count} stages, stated as {settings['form']}, {done} were executed in run"
                f" {line.key}, which {line.in_words()}"
            ),
            run=line.key,
        )
        for place, (of, setting, times) in enumerate(told if executed else ()):
            _judge(line, place, (of, setting, times), settings, judgement)
            seen[place].append(times)
    if settings["form"] == "object":
        for place, runs in seen.items():
            judgement.judge(
                len(runs) < len(lines) or sorted(runs) == list(range(1, len(runs) + 1)),
                "object-replaced",
                lambda place=place, runs=runs: (  # type: ignore[misc]
                    f"stage {place} is one object, and its runs saw it as their {sorted(runs)}th"
                ),
            )
    return judgement.verdict()


def _judge(
    line: CallLine, place: int, told: tuple[int, int, int], settings: Any, judgement: Judgement
) -> None:
    of, setting, times = told
    stated = f"stage {place} was stated as {settings['form']}"
    judgement.judge(
        of == place,
        "other-executed",
        lambda: f"{stated}, and run {line.key} executed stage {of} in its place",
        run=line.key,
    )
    wanted = setting_of(settings, place)
    judgement.judge(
        of != place or setting == wanted,
        "setting-lost",
        lambda: f"{stated} with the setting {wanted}, and in run {line.key} it had {setting}",
        run=line.key,
    )
    if settings["form"] != "object":
        judgement.judge(
            of != place or times == 1,
            "state-shared",
            lambda: f"{stated}, and its object had seen {times} runs in run {line.key}",
            run=line.key,
        )


LAW = Law(
    id="building/forms",
    statement="A stage that is stated as a class is made anew for every run, with its settings; one"
    " that is an object or a function is that very one. Each is executed once a run.",
    category=Category.CORRECTNESS,
    capability=Capability.STAGE_FORMS,
    units=frozenset({"stage_forms"}),
    classes={
        "not-executed": OutcomeClass(
            title="A stage is not executed, or more than once, because of how it was stated",
            severity=Severity.HIGH,
            why="its work is missing, or done twice",
        ),
        "other-executed": OutcomeClass(
            title="In the place of a stage another one is executed, because of how it was stated",
            severity=Severity.CRITICAL,
            why="its work is missing, and that of the other one is done twice",
        ),
        "setting-lost": OutcomeClass(
            title="A stage is made without the settings that were stated for it",
            severity=Severity.HIGH,
            why="it works with defaults that nobody chose",
        ),
        "state-shared": OutcomeClass(
            title="Runs share one object of a stage that was stated as a class",
            severity=Severity.HIGH,
            why="what one run leaves in it reaches the next one, of whomever",
        ),
        "object-replaced": OutcomeClass(
            title="A stage that was stated as an object is replaced by another one",
            severity=Severity.MEDIUM,
            why="connections and counters that it holds are lost",
        ),
    },
    check=check,
)
