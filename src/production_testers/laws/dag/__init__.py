"""Laws about executing a graph of stages once."""
