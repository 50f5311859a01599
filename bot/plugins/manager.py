"""pluggy, one manager a plugin.

A manager that all plugins share calls every one of them at once, loses all results when one raises,
and can be left with half a plugin in it. One of its own for each costs microseconds and has none of
these troubles.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pluggy

from bot.plugins.registry import Reason, Rejected
from frontdesk import hookspecs

SPECIALISTS = "register_specialists"


def offered(plugin: object, name: str) -> Mapping[str, list[object]]:
    """What each hook of the plugin gives, by the hook; its own errors come through as they are.

    Raises:
        Rejected: it implements no hook or one that does not exist, or a result is no list.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    there_are = f"the hooks are: {', '.join(sorted(vars(manager.hook)))}"
    manager.register(plugin, name)
    callers = manager.get_hookcallers(plugin) or []
    if not callers:
        message = "it implements no hook: no function in it is marked with @hookimpl"
        raise Rejected(Reason.NO_HOOK, message, f"put @hookimpl above the hook; {there_are}")
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        unknown = ", ".join(caller.name for caller in callers if not caller.has_spec())
        message = f"the desk has no hook named {unknown}"
        raise Rejected(Reason.UNKNOWN_HOOK, message, f"correct the name; {there_are}") from error
    return {caller.name: _one_list(caller.name, caller()) for caller in callers}


def _one_list(hook: str, results: list[Any]) -> list[object]:
    """The one plugin's list out of pluggy's list of results, which leaves out None."""
    found = results[0] if results else None
    if not isinstance(found, list | tuple):
        what = "specialists" if hook == SPECIALISTS else "what there is"
        message = f"{hook} returned {type(found).__name__} instead of a list"
        advice = f"return a list of {what}, empty if there is nothing to offer"
        raise Rejected(Reason.BAD_SPECIALIST, message, advice)
    return list(found)
