"""The command `ptest`: parses, calls, prints. One module a command."""

from production_testers.cli.app import main

__all__ = ["main"]
