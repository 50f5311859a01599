"""What a door may use during a call: what it was granted, and nothing else."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.plugins.doors import Door
from bot.plugins.permitting import is_granted
from router.answer.permit import Permit
from router.answer.reach import GrantedHttp, Outside, granted_secret
from storage.plugins import Standing

log = logging.getLogger("frontdesk.plugins.doors")
NOTHING = Permit()


@dataclass(frozen=True, slots=True)
class GrantedContext:
    """Implements `frontdesk.DoorContext`."""

    name: str
    permit: Permit
    outside: Outside | None

    @property
    def http(self) -> GrantedHttp:
        """Reaches the granted hosts."""
        return GrantedHttp(self.name, self.permit, self.outside)

    def secret(self, name: str) -> str:
        """A granted secret.

        Raises:
            NotGranted: it was not granted, or is not set.
        """
        return granted_secret(self.name, self.permit, self.outside, name)

    def log(self, message: str, **fields: str | int | bool) -> None:
        """Write to the log, with the door named."""
        log.info(message, extra={"fields": {"door": self.name, **fields}})


def context_of(door: Door, standing: Standing, outside: Outside | None) -> GrantedContext | None:
    """The context of a door's calls; None while it is not granted or is switched off."""
    off = {door.name, door.entry_point, door.plugin.distribution} & standing.disabled
    if off or (door.manifest.needs_grant and not is_granted(door.manifest, standing)):
        return None
    return GrantedContext(door.name, Permit.granted(door.manifest), outside)
