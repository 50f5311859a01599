"""Giving each specialist what it was granted, and nothing else."""

from __future__ import annotations

import logging
from copy import copy

from bot.plugins.discovery import OWN_DISTRIBUTION, normalized
from bot.plugins.registry import Loaded
from frontdesk import Specialist
from router.answer.context import Knowledge
from router.answer.permit import OF_THE_DESK, Manifest, Permit
from router.answer.run import Installed
from storage.plugins import Standing

log = logging.getLogger("frontdesk.plugins")


def permitted(loaded: Loaded, standing: Standing, knowledge: Knowledge | None) -> Installed:
    """A loaded specialist, ready for work, with what it may do."""
    permit = permit_of(loaded, standing)
    specialist = _with_granted_tools(loaded.specialist, permit)
    return Installed(specialist, loaded.plugin, knowledge, permit)


def permit_of(loaded: Loaded, standing: Standing) -> Permit:
    """What a specialist may do: all, if it ships with the desk, else what fits its grant."""
    if is_own(loaded):
        return OF_THE_DESK
    manifest = Manifest.of(loaded.specialist)
    if is_granted(manifest, standing):
        return Permit.granted(manifest)
    if manifest.needs_grant:
        log.warning("%s asks for permissions: frontdesk plugins grant %s", loaded.name, loaded.name)
    return Permit.without_grant(manifest)


def grant_of(loaded: Loaded, standing: Standing) -> str:
    """How a specialist stands, in a word: `desk`, `none needed`, `granted` or `not granted`."""
    manifest = Manifest.of(loaded.specialist)
    if is_own(loaded):
        return "desk"
    if not manifest.needs_grant:
        return "none needed"
    return "granted" if is_granted(manifest, standing) else "not granted"


def is_own(loaded: Loaded) -> bool:
    """Whether it ships with the desk."""
    return normalized(loaded.plugin.distribution) == OWN_DISTRIBUTION


def is_granted(manifest: Manifest, standing: Standing) -> bool:
    """Whether exactly this manifest was granted."""
    return standing.grants.get(manifest.specialist) == manifest.digest


def _with_granted_tools(specialist: Specialist, permit: Permit) -> Specialist:
    """Without the tools that change something and were not granted: no model is offered them."""
    if permit.changes is None:
        return specialist
    granted = permit.changes
    narrowed = copy(specialist)
    narrowed.tools = tuple(
        tool for tool in specialist.tools if not tool.changes or tool.name in granted
    )
    return narrowed
