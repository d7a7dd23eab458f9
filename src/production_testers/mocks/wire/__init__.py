"""What goes over a wire between a caller and a service, whether there is a socket or not.

In one process a call that nothing disturbs never becomes bytes; as soon as a fault of the wire
does, it is encoded, disturbed and decoded, and the caller gets what a client library would give.
"""

from production_testers.mocks.wire.decoding import decode
from production_testers.mocks.wire.fronts import (
    NAMED_HEADERS,
    Asked,
    encode_answer,
    encode_error,
    read_request,
)
from production_testers.mocks.wire.messages import Ending, Reply, Request

__all__ = [
    "NAMED_HEADERS",
    "Asked",
    "Ending",
    "Reply",
    "Request",
    "decode",
    "encode_answer",
    "encode_error",
    "read_request",
]
