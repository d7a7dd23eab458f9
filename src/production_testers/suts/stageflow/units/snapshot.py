"""`ContextSnapshot`."""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from stageflow.context import (
    ContextSnapshot,
    Conversation,
    DocumentEnrichment,
    Enrichments,
    ExtensionBundle,
    MemoryEnrichment,
    Message,
    ProfileEnrichment,
    RoutingDecision,
    RunIdentity,
)

_SNAPSHOT = "stageflow.context.context_snapshot.ContextSnapshot"
IDS = {
    "run": "pipeline_run_id", "request": "request_id", "session": "session_id",
    "user": "user_id", "tenant": "org_id", "interaction": "interaction_id",
}  # fmt: skip
SAME = {"text": "input_text", "audio_ms": "input_audio_duration_ms", "topology": "topology"}
SAME |= {"mode": "execution_mode", "metadata": "metadata"}


@dataclass(frozen=True)
class Extension(ExtensionBundle):
    label: str = ""
    details: dict = field(default_factory=dict)


class Binding:
    errors = {}
    components = {
        "write_and_read": f"{_SNAPSHOT}.from_dict",
        "write_and_spoil": f"{_SNAPSHOT}.to_dict",
        "vary": f"{_SNAPSHOT}.with_enrichments",
    }

    def __init__(self, settings, bench):
        pass

    async def perform(self, operation, arguments):
        made = make(arguments["snapshot"])
        if operation == "write_and_read":
            text = json.dumps(made.to_dict())
            return parts(ContextSnapshot.from_dict(json.loads(text), {"Extension": Extension}))
        if operation == "write_and_spoil":
            spoil(made.to_dict())
            return parts(made)
        new = make(arguments["new"])
        copy = made.with_run_id(new.run_id).with_conversation(new.conversation)
        copy = copy.with_enrichments(new.enrichments).with_extensions(new.extensions)
        return {"old": parts(made), "copy": parts(copy)}


def make(given):
    given = deepcopy(dict(given))
    more = {theirs: given[name] for name, theirs in SAME.items() if name in given}
    if "created" in given:
        more["created_at"] = datetime.fromisoformat(given["created"])
    ids = {IDS[name]: UUID(int=number) for name, number in given.get("ids", {}).items()}
    if "messages" in given or "route" in given:
        messages = [
            Message(m["role"], m["content"], datetime.fromisoformat(m["time"]), m["metadata"])
            for m in given.get("messages", [])
        ]
        r = given.get("route")
        route = r and RoutingDecision(r["agent"], r["pipeline"], r["topology"], r["reason"])
        more["conversation"] = Conversation(messages=messages, routing_decision=route)
    if {"profile", "memory", "documents", "web"} & set(given):
        p, m = given.get("profile"), given.get("memory")
        profile = p and ProfileEnrichment(None, p["name"], p["preferences"], p["goals"])
        memory = m and MemoryEnrichment(
            recent_topics=m["topics"], key_facts=m["facts"],
            interaction_history_summary=m["summary"],
        )  # fmt: skip
        documents = [
            DocumentEnrichment(
                document_id=d["id"], document_type=d["type"], blocks=d["blocks"],
                metadata=d["metadata"],
            )
            for d in given.get("documents", [])
        ]  # fmt: skip
        more["enrichments"] = Enrichments(profile, memory, documents, given.get("web", []))
    if "extension" in given:
        more["extensions"] = Extension(**given["extension"])
    return ContextSnapshot(run_id=RunIdentity(**ids), **more)


def parts(snapshot):
    found = {name: getattr(snapshot, theirs) for name, theirs in SAME.items()}
    found["created"] = snapshot.created_at.isoformat()
    ids = {name: getattr(snapshot.run_id, theirs) for name, theirs in IDS.items()}
    found["ids"] = {name: value.int for name, value in ids.items() if value is not None}
    if (talk := snapshot.conversation) is not None:
        found["messages"] = [
            {"role": m.role, "content": m.content, "metadata": m.metadata,
             "time": m.timestamp and m.timestamp.isoformat()}
            for m in talk.messages
        ]  # fmt: skip
        if (r := talk.routing_decision) is not None:
            theirs = {"agent": r.agent_id, "pipeline": r.pipeline_name, "topology": r.topology}
            found["route"] = theirs | {"reason": r.reason}
    if (rich := snapshot.enrichments) is not None:
        if (p := rich.profile) is not None:
            theirs = {"preferences": p.preferences, "goals": p.goals}
            found["profile"] = theirs | {"name": p.display_name}
        if (m := rich.memory) is not None:
            theirs = {"topics": m.recent_topics, "facts": m.key_facts}
            found["memory"] = theirs | {"summary": m.interaction_history_summary}
        found["documents"] = [
            {"id": d.document_id, "type": d.document_type, "blocks": d.blocks,
             "metadata": d.metadata}
            for d in rich.documents
        ]  # fmt: skip
        found["web"] = rich.web_results
    if (own := snapshot.extensions) is not None:
        typed = isinstance(own, Extension)
        found["extension"] = {"label": own.label, "details": own.details} if typed else str(own)
    return deepcopy(found)


def spoil(data):
    """Changes everything that can be changed in plain data."""
    for value in list(data.values() if isinstance(data, dict) else data):
        if isinstance(value, dict | list):
            spoil(value)
    if isinstance(data, dict):
        data["spoiled"] = True
    else:
        data.append("spoiled")
