"""Laws about identifiers."""
