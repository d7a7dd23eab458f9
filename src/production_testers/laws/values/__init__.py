"""Laws about values that are written in another form and read again."""
