"""Laws about what is streamed from one place to another."""
