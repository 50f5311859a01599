"""Frontdesk's contract: all that a specialist plugin imports."""

from typing import Any

from frontdesk.contract import (
    API_VERSION,
    Answer,
    Author,
    Citation,
    Context,
    Escalation,
    EscalationReason,
    Finding,
    Handoff,
    Message,
    Passage,
    Policy,
    Question,
    Reply,
    Specialist,
    Ticket,
    Tool,
    tool,
)
from frontdesk.deprecation import renamed
from frontdesk.errors import (
    BudgetExceeded,
    FrontdeskError,
    HttpFailed,
    ModelUnavailable,
    NotGranted,
    PluginError,
    PostError,
    PostUnknown,
    SettingsError,
    SpecialistError,
    StoreError,
)
from frontdesk.hookspecs import hookimpl
from frontdesk.permissions import Http, HttpReply, Permissions, ThreadScope

__all__ = [
    "API_VERSION",
    "Answer",
    "Author",
    "BudgetExceeded",
    "Citation",
    "Context",
    "Escalation",
    "EscalationReason",
    "Finding",
    "FrontdeskError",
    "Handoff",
    "Http",
    "HttpFailed",
    "HttpReply",
    "Message",
    "ModelUnavailable",
    "NotGranted",
    "Passage",
    "Permissions",
    "PluginError",
    "Policy",
    "PostError",
    "PostUnknown",
    "Question",
    "Reply",
    "SettingsError",
    "Specialist",
    "SpecialistError",
    "StoreError",
    "ThreadScope",
    "Ticket",
    "Tool",
    "hookimpl",
    "tool",
]


def __getattr__(name: str) -> Any:
    """Old names go on working for a while; see `frontdesk.deprecation`."""
    return renamed(name, globals())
