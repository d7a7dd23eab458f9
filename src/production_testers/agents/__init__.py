"""Agents from outside: any command works on a run folder; the machine judges what it leaves."""
