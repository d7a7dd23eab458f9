"""Laws about tools: who may use them, what comes of it, what is told, what can be undone."""
