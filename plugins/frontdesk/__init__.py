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
from frontdesk.doors import (
    TICKET_EVENTS,
    Article,
    AuditEntry,
    Command,
    DoorContext,
    DraftReply,
    KnowledgeSource,
    Observer,
    ReplyCheck,
    Route,
    WebReply,
    WebRequest,
)
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
    "TICKET_EVENTS",
    "Answer",
    "Article",
    "AuditEntry",
    "Author",
    "BudgetExceeded",
    "Citation",
    "Command",
    "Context",
    "DoorContext",
    "DraftReply",
    "Escalation",
    "EscalationReason",
    "Finding",
    "FrontdeskError",
    "Handoff",
    "Http",
    "HttpFailed",
    "HttpReply",
    "KnowledgeSource",
    "Message",
    "ModelUnavailable",
    "NotGranted",
    "Observer",
    "Passage",
    "Permissions",
    "PluginError",
    "Policy",
    "PostError",
    "PostUnknown",
    "Question",
    "Reply",
    "ReplyCheck",
    "Route",
    "SettingsError",
    "Specialist",
    "SpecialistError",
    "StoreError",
    "ThreadScope",
    "Ticket",
    "Tool",
    "WebReply",
    "WebRequest",
    "hookimpl",
    "tool",
]


def __getattr__(name: str) -> Any:
    """Old names go on working for a while; see `frontdesk.deprecation`."""
    return renamed(name, globals())
