"""Laws about the store of what it takes to undo actions."""
