"""Why a mutant is missed, for those that are; `benchmarks/detection/mutants.py` prints it."""

WHY: dict[str, str] = {
    "a change that was found is logged where it should fail": (
        "the release fails no execution for a change: what the check raises is taken for an"
        " accident of an interceptor, so nothing of it shows"
    ),
    "a child run that inherits its parent's data writes into them": (
        "only 1.2.0 lets a child inherit data when it is spawned, and no scenario does"
    ),
    "a context's own text is replaced by the runner's": (
        "a run is given one text; nothing says which of two counts, the context's or the runner's"
    ),
    "a pipeline that is registered again stays the first one": (
        "nothing says what becomes of a name that is registered again"
    ),
    "a run of a built pipeline takes the time-outs of the run before": (
        "all runs of one pipeline have the same time-outs in the scenarios"
    ),
    "a run whose caller cancelled it asks for a reason first": (
        "a caller cancels the task of the run here; the mark on the context, which is"
        " stageflow's own, is set by no scenario"
    ),
    "a stage is told whether its run was cancelled when the stage began": (
        "no stage of the scenarios asks whether its run was cancelled"
    ),
    "an instance of another model passes without validation": (
        "payloads are mappings; an instance of another model is in no neutral word"
    ),
    "an interceptor that refuses with a critical error is passed over": (
        "an interceptor of the scenarios fails with the caller's own errors; the"
        " framework's class for errors that must not be passed over is in no neutral word"
    ),
    "changes that keep the length are not seen": (
        "the release fails no execution for a change: what the check raises is taken for an"
        " accident of an interceptor, so nothing of it shows"
    ),
    "composed pipelines keep the first of two stages with one name": (
        "pipelines that are composed agree on the stages that both have"
    ),
    "corrections are asked for in the caller's own list of messages": (
        "each question has a list of its own, and nobody looks at it afterwards"
    ),
    "events of a stage bear the id of the run as that of the request": (
        "the events of these pipelines are the framework's own, into which the graph"
        " writes the ids; no stage emits events through its context"
    ),
    "events of a stage do not name their request": (
        "the events of these pipelines are the framework's own, into which the graph"
        " writes the ids; no stage emits events through its context"
    ),
    "narrowed types are compatible, widened ones are breaking": (
        "no model of pydantic's has a field with a list of JSON types, and no scenario"
        " registers a schema that was written by hand"
    ),
    "nobody is told that a place could not be flushed": (
        "nothing promises that the caller is told of a place that failed; keeping such failures"
        " away from callers is what others do on purpose"
    ),
    "of each kind of personal data the first place is hidden": (
        "a text of the data set has at most one of each kind"
    ),
    "the descendants of a run are its children": ("nobody asks the unit for descendants"),
    "what a parent writes after the fork changes the data that its child was given": (
        "a child reads its parent's data when it starts, and no parent writes afterwards"
    ),
    "the summary that is read is the stage's own": (
        "nothing promises that what is read is a copy, and nobody writes into it"
    ),
    "what is no JSON is written as none": (
        "events of the scenarios are texts; what JSON does not know is in no neutral word"
    ),
    "who waits for a decision is not told that its request was withdrawn": (
        "nothing promises when somebody who waits is told of a withdrawal; at the end of"
        " the wait they are"
    ),
}
