"""Laws about retries: how often the caller's own code is tried again, and what comes of it."""
