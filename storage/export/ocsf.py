"""Entries as events of the Open Cybersecurity Schema Framework, 1.9: API Activity (6003).

Source of names and numbers: the schema at github.com/ocsf/ocsf-schema, class `api_activity` with
the profiles `ai_operation` (agent, model, tokens) and `record_integrity` (attestations). What OCSF
has no name for, such as confidence and threshold, is under `unmapped`; the entry's exact bytes are
`raw_data`. Each event attests to the one before it in the same file, over its canonical JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.ledger.canonical import encode

SCHEMA = "1.9.0"
CLASS, CATEGORY = 6003, 6
CREATE, READ, UPDATE, DELETE = 1, 2, 3, 4
SHA256, JCS = 3, 2

_READS = ("audit:searched", "audit:viewed", "audit:exported", "subject:exported")
_DELETES = ("payload:erased", "erasure:done", "retention:applied")
_UPDATES = ("changed", "resolved", "taken-over", "handed-back", "rerouted", "approved", "released")
_FAILED = ("failed", "rejected", "refused", "denied", "dead", "blocked", "quarantined")
_LOW, _INFORMATIONAL = 2, 1


@dataclass(slots=True)
class Ocsf:
    """Makes the events of one file, chained under the name of the export."""

    origin: str
    export: str
    authority: str
    version: str
    _before: dict[str, Any] | None = field(default=None)

    def line(self, entry: dict[str, Any], leaf: str) -> bytes:
        """The event of an entry, as a line of JSON."""
        event = self.event(entry, leaf)
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def event(self, entry: dict[str, Any], leaf: str) -> dict[str, Any]:
        """The event of an entry."""
        event = _event(entry, leaf, self.origin, self.version)
        attestation: dict[str, Any] = {
            "uid": f"{self.export}:{entry['id']}",
            "authority_uid": self.authority,
            "chain_uid": f"{self.origin}/{self.export}",
        }
        if self._before is not None:
            attestation["prev_event"] = self._before
        event["attestation_list"] = [attestation]
        fingerprint = _fingerprint(encode(event))
        attestation["fingerprint"] = fingerprint | {"serialization_id": JCS, "serialization": "JCS"}
        self._before = {
            "uid": entry["id"],
            "type_uid": event["type_uid"],
            "fingerprint": attestation["fingerprint"],
        }
        return event


def _event(entry: dict[str, Any], leaf: str, origin: str, version: str) -> dict[str, Any]:
    kind, body = entry["type"], entry["body"]
    activity, failed = _activity(kind), kind.endswith(_FAILED)
    event: dict[str, Any] = {
        "class_uid": CLASS,
        "class_name": "API Activity",
        "category_uid": CATEGORY,
        "category_name": "Application Activity",
        "activity_id": activity,
        "type_uid": CLASS * 100 + activity,
        "severity_id": _LOW if failed else _INFORMATIONAL,
        "status_id": 2 if failed else 1,
        "time": entry["at"] // 1000,
        "timezone_offset": 0,
        "message": kind,
        "metadata": _metadata(entry, origin, version),
        "actor": _actor(entry),
        "api": {"operation": kind, "service": {"name": "frontdesk"}},
        "src_endpoint": _endpoint(entry),
        "resources": [{"uid": entry["ticket"], "type": "ticket"}],
        "raw_data": leaf,
        "raw_data_hash": _fingerprint(leaf.encode("utf-8", "surrogateescape")),
        "raw_data_size": len(leaf.encode("utf-8", "surrogateescape")),
        "unmapped": _unmapped(entry),
    }
    return event | _operation(entry, body, version)


def _activity(kind: str) -> int:
    if kind in _READS:
        return READ
    if kind in _DELETES:
        return DELETE
    return UPDATE if kind.endswith(_UPDATES) else CREATE


def _metadata(entry: Mapping[str, Any], origin: str, version: str) -> dict[str, Any]:
    return {
        "version": SCHEMA,
        "profiles": ["ai_operation", "record_integrity"],
        "product": {"name": "Frontdesk", "vendor_name": "Frontdesk", "version": version},
        "uid": entry["id"],
        "original_event_uid": entry["id"],
        "correlation_uid": entry["message"] or entry["ticket"],
        "sequence": entry["tseq"],
        "log_name": origin,
        "event_code": entry["type"],
        "logged_time": entry["rec"] // 1000,
        "original_time": str(entry["at"]),
    }


def _actor(entry: Mapping[str, Any]) -> dict[str, Any]:
    kind, name = entry["actor"]["type"], entry["actor"]["id"]
    if kind in ("human", "operator"):
        return {"user": {"uid": name or kind, "type_id": 2 if kind == "operator" else 1}}
    return {"app_name": name or kind, "app_uid": f"{kind}:{name}"}


def _endpoint(entry: Mapping[str, Any]) -> dict[str, Any]:
    source = entry.get("src") or {}
    return {"svc_name": source.get("channel") or "frontdesk", "uid": source.get("team") or "desk"}


def _operation(entry: Mapping[str, Any], body: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The agent, its model and its tokens, where an agent was at work."""
    decision = body.get("decision") or {}
    model = body.get("returned") or body.get("requested") or decision.get("model")
    found: dict[str, Any] = {}
    named = {"name": model, "ai_provider": _provider(str(model))} if model else None
    if entry["actor"]["type"] == "plugin" or decision or "returned" in body:
        agent = body.get("role") or entry["actor"]["id"]
        plugin = body.get("plugin") or {}
        found["ai_agent"] = {
            "uid": f"{entry['actor']['type']}:{entry['actor']['id']}",
            "name": agent,
            "type_id": 1,
            "version": str(plugin.get("version") or version),
        }
        if named:
            found["ai_agent"]["ai_model"] = named
    if "input_tokens" in body:
        tokens = body["input_tokens"], body["output_tokens"]
        found["message_context"] = {
            "application": {"name": "frontdesk"},
            "ai_role_id": 4,
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        }
    return found


def _provider(model: str) -> str:
    return "Anthropic" if model.startswith("claude") else "local"


def _unmapped(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What this kind of entry says, and its place in the ticket's chain."""
    kept = ("body", "ticket", "tseq", "prev", "subject", "commit", "payload")
    return {name: entry[name] for name in kept if entry.get(name) not in (None, {}, "")}


def _fingerprint(data: bytes) -> dict[str, Any]:
    return {
        "algorithm_id": SHA256,
        "algorithm": "SHA-256",
        "value": hashlib.sha256(data).hexdigest(),
    }
