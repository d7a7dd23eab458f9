"""What an OSV entry holds, by the members that ossf.github.io/osv-schema names."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Event(Part):
    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None

    @model_validator(mode="after")
    def one_of_them(self):
        if len(self.model_fields_set) != 1:
            raise ValueError("an event says one thing")
        return self


class Range(Part):
    type: Literal["SEMVER", "ECOSYSTEM", "GIT"]
    repo: str | None = None
    events: list[Event] = Field(min_length=1)
    database_specific: dict[str, Any] | None = None

    @model_validator(mode="after")
    def events_fit(self):
        named = {name for event in self.events for name in event.model_fields_set}
        if "introduced" not in named or {"fixed", "last_affected"} <= named:
            raise ValueError("introduced is needed; fixed and last_affected exclude each other")
        if self.type == "GIT" and self.repo is None:
            raise ValueError("a range of commits needs a repository")
        return self


class Package(Part):
    ecosystem: str
    name: str
    purl: str | None = None


class Severity(Part):
    type: str
    score: str


class Affected(Part):
    package: Package
    severity: list[Severity] = []
    ranges: list[Range] = []
    versions: list[str] = []
    ecosystem_specific: dict[str, Any] | None = None
    database_specific: dict[str, Any] | None = None


class Reference(Part):
    type: str
    url: str


class Credit(Part):
    name: str
    contact: list[str] = []
    type: str | None = None


class Entry(Part):
    id: str
    modified: datetime
    schema_version: str | None = None
    published: datetime | None = None
    withdrawn: datetime | None = None
    aliases: list[str] = []
    related: list[str] = []
    upstream: list[str] = []
    summary: str | None = None
    details: str | None = None
    severity: list[Severity] = []
    affected: list[Affected] = []
    references: list[Reference] = []
    credits: list[Credit] = []
    database_specific: dict[str, Any] | None = None


ENTRIES = TypeAdapter(list[Entry])
