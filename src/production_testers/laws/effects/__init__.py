"""Laws about effects on the world outside."""
