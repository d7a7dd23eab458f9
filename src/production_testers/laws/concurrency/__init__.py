"""Laws about things that are done at the same time: groups of tasks, and limits."""
