"""How often a control is asked: what a worker localises by and what the gate decides are one."""

CONTROLS = 25
"""Timings of a scenario under which the reference, or a team's stages without the framework, must
keep a law for the framework to be at fault."""
