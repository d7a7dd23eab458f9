"""Vector search over small collections: every vector is compared, so the answer is exact."""

import json
import math
from collections.abc import Sequence

from production_testers.mocks.services.call import Call
from production_testers.mocks.services.contract import ServiceError
from production_testers.mocks.services.embedding import cosine
from production_testers.mocks.services.sql import Connection
from production_testers.model.canonical import Json, canonical_json

TABLE = (
    "CREATE TABLE ptest_vectors"
    " (space TEXT, id TEXT, vector TEXT, meta TEXT, PRIMARY KEY (space, id))"
)
DIMENSIONS_MAX = 4096


def put_vector(connection: Connection, call: Call) -> Json:
    """Keep {id, vector, space?, meta?}, in place of an earlier one; every length in a space is one.

    Raises:
        ServiceError: `bad_request`, `conflict` when the space holds another length.
    """
    vector = vector_in(call)
    space = call.text("space", "")
    found = connection.run("SELECT vector FROM ptest_vectors WHERE space = ? LIMIT 1", (space,))
    if (other := found.fetchone()) and len(json.loads(other[0])) != len(vector):
        raise ServiceError(
            "conflict", f"{space!r} holds vectors of another length than {len(vector)}."
        )
    row = (space, call.text("id"), canonical_json(vector), canonical_json(call.payload.get("meta")))
    connection.run("INSERT OR REPLACE INTO ptest_vectors VALUES (?, ?, ?, ?)", row)
    return {"dimensions": len(vector)}


def search_vectors(connection: Connection, call: Call) -> Json:
    """The {k} nearest of a {space} to a {vector} by cosine, nearest first, then by id.

    Raises:
        ServiceError: `bad_request`, also for a vector of another length.
    """
    vector, count = vector_in(call), call.integer("k", 5, least=1)
    found = connection.run(
        "SELECT id, vector, meta FROM ptest_vectors WHERE space = ?", (call.text("space", ""),)
    )
    scored = []
    for identifier, text, meta in found.fetchall():
        other = json.loads(text)
        if len(other) != len(vector):
            raise call.refused("vector", f"{len(other)} numbers", f"{len(vector)} numbers")
        scored.append((-round(cosine(vector, other), 12), identifier, json.loads(meta)))
    scored.sort(key=lambda one: one[:2])
    return [{"id": i, "score": -score, "meta": meta} for score, i, meta in scored[:count]]


def vector_in(call: Call) -> Sequence[float]:
    """The request's vector.

    Raises:
        ServiceError: `bad_request`.
    """
    given = call.sequence("vector")
    numbers = [v for v in given if isinstance(v, (int, float)) and not isinstance(v, bool)]
    usable = len(numbers) == len(given) and all(map(math.isfinite, numbers))
    if not usable or not 1 <= len(numbers) <= DIMENSIONS_MAX:
        raise call.refused("vector", f"1 to {DIMENSIONS_MAX} finite numbers", given)
    return [float(number) for number in numbers]
