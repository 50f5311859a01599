"""The hooks a plugin may implement, and the markers to do it with."""

from __future__ import annotations

import pluggy

from frontdesk.contract import Specialist
from frontdesk.doors import Command, KnowledgeSource, Observer, ReplyCheck, Route

PROJECT = "frontdesk"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_specialists() -> list[Specialist]:  # type: ignore[empty-body]
    """Give the desk this plugin's specialists.

    Called once per plugin when the desk starts, each plugin by itself and within a time limit.
    Return a list, empty if there is nothing to offer. It is never called while a message is in
    flight. An error, a name that is taken or a specialist without a name keeps this plugin out,
    with the reason in `frontdesk plugins list`, and touches no other plugin.
    """


@hookspec
def register_checks() -> list[ReplyCheck]:  # type: ignore[empty-body]
    """Give the validator more checks; every draft has to pass them too.

    Called like `register_specialists`, as all hooks here are.
    """


@hookspec
def register_observers() -> list[Observer]:  # type: ignore[empty-body]
    """Follow the audit trail. An observer works once the operator has granted it."""


@hookspec
def register_routes() -> list[Route]:  # type: ignore[empty-body]
    """Answer at addresses of the desk's site. A route works once the operator has granted it."""


@hookspec
def register_commands() -> list[Command]:  # type: ignore[empty-body]
    """Give the operator more commands, run with `frontdesk plugins run`."""


@hookspec
def register_knowledge() -> list[KnowledgeSource]:  # type: ignore[empty-body]
    """Bring articles from elsewhere. A source works once the operator has granted it."""
