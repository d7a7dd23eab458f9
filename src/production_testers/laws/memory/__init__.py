"""Laws about what is kept of a conversation."""
