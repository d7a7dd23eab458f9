"""Laws about circuit breakers: when a failing service is called, and what callers are told."""
