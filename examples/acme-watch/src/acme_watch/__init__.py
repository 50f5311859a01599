"""Watch: an example of a plugin that brings no specialist, and uses every other door."""

from __future__ import annotations

from frontdesk import Command, KnowledgeSource, Observer, ReplyCheck, Route, hookimpl

from acme_watch.checks import RivalsCheck
from acme_watch.commands import COUNT
from acme_watch.observers import Pager, Siem
from acme_watch.pages import STATUS
from acme_watch.sources import Changes

frontdesk_api = 1


@hookimpl
def register_checks() -> list[ReplyCheck]:
    """One more check: it can only say no."""
    return [RivalsCheck()]


@hookimpl
def register_observers() -> list[Observer]:
    """Two that follow the audit trail: one takes everything, one a ticket's troubles."""
    return [Siem(), Pager()]


@hookimpl
def register_routes() -> list[Route]:
    """One address of the desk's site."""
    return [STATUS]


@hookimpl
def register_commands() -> list[Command]:
    """One command for the operator."""
    return [COUNT]


@hookimpl
def register_knowledge() -> list[KnowledgeSource]:
    """Articles from elsewhere."""
    return [Changes()]
