"""What OCSF 1.9 asks of an API Activity event, as far as our events go.

Facts from the published schema (github.com/ocsf/ocsf-schema: events/base_event.json,
events/application/api_activity.json, profiles/ai_operation.json and record_integrity.json, and the
objects they use): the type of each attribute, which are required (`!`), which constraints an object
has, and which numbers an enumeration knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

OBJECTS: Mapping[str, Mapping[str, str]] = {
    "event": {
        "activity_id": "int!",
        "actor": "actor!",
        "ai_agent": "ai_agent",
        "api": "api!",
        "attestation_list": "[attestation]",
        "category_name": "str",
        "category_uid": "int!",
        "class_name": "str",
        "class_uid": "int!",
        "message": "str",
        "message_context": "message_context",
        "metadata": "metadata!",
        "raw_data": "str",
        "raw_data_hash": "fingerprint",
        "raw_data_size": "int",
        "resources": "[resource_details]",
        "severity_id": "int!",
        "src_endpoint": "network_endpoint!",
        "status_id": "int",
        "time": "int!",
        "timezone_offset": "int",
        "type_uid": "int!",
        "unmapped": "any",
    },
    "actor": {"app_name": "str", "app_uid": "str", "user": "user"},
    "ai_agent": {
        "ai_model": "ai_model",
        "name": "str",
        "type_id": "int",
        "uid": "str",
        "version": "str",
    },
    "ai_model": {"ai_provider": "str!", "name": "str!", "version": "str"},
    "api": {"operation": "str!", "service": "service"},
    "application": {"name": "str"},
    "attestation": {
        "authority_uid": "str",
        "chain_uid": "str",
        "fingerprint": "fingerprint",
        "prev_event": "prev_event",
        "uid": "str",
    },
    "fingerprint": {
        "algorithm": "str",
        "algorithm_id": "int!",
        "serialization": "str",
        "serialization_id": "int",
        "value": "str!",
    },
    "message_context": {
        "ai_role_id": "int",
        "application": "application",
        "completion_tokens": "int",
        "prompt_tokens": "int",
        "total_tokens": "int",
    },
    "metadata": {
        "correlation_uid": "str",
        "event_code": "str",
        "log_name": "str",
        "logged_time": "int",
        "original_event_uid": "str",
        "original_time": "str",
        "product": "product!",
        "profiles": "[str]",
        "sequence": "int",
        "uid": "str",
        "version": "str!",
    },
    "network_endpoint": {"svc_name": "str", "uid": "str"},
    "prev_event": {"fingerprint": "fingerprint", "type_uid": "int", "uid": "str!"},
    "product": {"name": "str", "vendor_name": "str", "version": "str"},
    "resource_details": {"type": "str", "uid": "str"},
    "service": {"name": "str"},
    "user": {"type_id": "int", "uid": "str"},
}

AT_LEAST_ONE = {
    "actor": ("user", "app_name", "app_uid"),
    "attestation": ("fingerprint", "signatures"),
    "message_context": ("application", "service"),
    "network_endpoint": ("uid", "svc_name"),
    "product": ("name", "uid"),
    "user": ("name", "uid"),
}

NUMBERS = {
    ("event", "activity_id"): {0, 1, 2, 3, 4, 99},
    ("event", "category_uid"): {6},
    ("event", "class_uid"): {6003},
    ("event", "severity_id"): {0, 1, 2, 3, 4, 5, 6, 99},
    ("event", "status_id"): {0, 1, 2, 99},
    ("ai_agent", "type_id"): {0, 1, 2, 3, 4, 99},
    ("fingerprint", "algorithm_id"): {*range(21), 99},
    ("fingerprint", "serialization_id"): {*range(9), 99},
    ("message_context", "ai_role_id"): {*range(8), 99},
    ("user", "type_id"): {0, 1, 2, 3, 4, 99},
}


def objections(value: Any, kind: str = "event", at: str = "event") -> Iterator[str]:
    """What the schema has against an event."""
    if kind == "any":
        return
    if kind in ("int", "str"):
        wanted = int if kind == "int" else str
        if not isinstance(value, wanted) or isinstance(value, bool):
            yield f"{at} is no {kind}"
        return
    for name in sorted(value.keys() - OBJECTS[kind].keys()):
        yield f"{at}.{name} is not known"
    for name, type_ in OBJECTS[kind].items():
        if name not in value:
            if type_.endswith("!"):
                yield f"{at}.{name} is missing"
            continue
        yield from _attribute(value[name], type_.rstrip("!"), kind, name, f"{at}.{name}")
    one_of = AT_LEAST_ONE.get(kind, ())
    if one_of and not set(one_of) & value.keys():
        yield f"{at} has none of {one_of}"


def _attribute(value: Any, type_: str, kind: str, name: str, at: str) -> Iterator[str]:
    known = NUMBERS.get((kind, name))
    if known is not None and value not in known:
        yield f"{at} is {value}, which is no number of it"
    if type_.startswith("["):
        for one in value:
            yield from objections(one, type_.strip("[]"), at)
    else:
        yield from objections(value, type_, at)
