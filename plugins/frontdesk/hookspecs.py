"""The hooks a plugin may implement, and the markers to do it with."""

from __future__ import annotations

import pluggy

from frontdesk.contract import Specialist

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
