"""What can be set about tickets: clocks, the API, satisfaction; part of `bot.settings.Settings`."""

from __future__ import annotations

from pydantic import Field

from bot.settings.doors import DoorSettings
from bot.settings.sla import SlaSettings


class TicketSettings(DoorSettings):
    """What can be set about tickets: clocks, the API, satisfaction."""

    sla: SlaSettings = Field(
        SlaSettings(), description="hours, holidays, targets and who is reminded: docs/tickets.md"
    )
    nudge_days: float = Field(
        2.0, ge=0, description="days without a word until a requester is reminded; 0: never"
    )
    give_up_days: float = Field(
        3.0, ge=0, description="days after that until their ticket is resolved; 0: never"
    )
    settle_days: float = Field(
        4.0, ge=0, description="days without a word until an answered ticket is resolved; 0: never"
    )
    close_days: float = Field(
        7.0,
        ge=0,
        description="days in which a new question reopens a resolved ticket, then it is closed",
    )
    close_notice: bool = Field(True, description="say so in the thread when a ticket is closed")
