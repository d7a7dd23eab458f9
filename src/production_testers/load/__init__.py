"""The load lab: real executions at a stated rate or concurrency, and what they show.

`worker/` runs beside the target and uses the standard library only (the HTTP target apart);
everything else runs in the process that the user started.
"""
