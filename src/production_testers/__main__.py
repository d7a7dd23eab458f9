"""`python -m production_testers` is `ptest`."""

from production_testers.cli import main

main()
