"""Laws about sinks that take events and hand them on in the background."""
