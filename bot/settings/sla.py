"""How soon tickets have to be seen to, as it is set: the table `[sla]` of `frontdesk.toml`.

    [sla]
    zone = "Europe/Berlin"
    hours = { mon-fri = "09:00-17:30", sat = "10:00-13:00" }
    country = "DE"
    region = "BE"
    closed = ["2026-12-24"]
    ladder = ["75% assignee", "100% channel", "150% U0LEAD"]

    [sla.first_response]
    urgent = "30m"

    [sla.workspaces.T0PARTNER]
    zone = "America/New_York"
    country = "US"

What a workspace does not set is as it is for all.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from router.sla import ASSIGNEE, CHANNEL, Calendar, Opening, Rules, Step
from router.ticket_facts import Priority, Target

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LENGTH = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?")
_OPENING = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s*-\s*([01]\d|2[0-4]):([0-5]\d)")
_RUNG = re.compile(rf"(\d{{1,4}})\s*%\s*({ASSIGNEE}|{CHANNEL}|[UW][A-Z0-9]+)")


def _length(value: object) -> object:
    """`30m`, `8h`, `1h30m` of business time."""
    if not isinstance(value, str):
        return value
    found = _LENGTH.fullmatch(value.strip())
    if not value.strip() or found is None:
        raise ValueError("write a length of business time as 30m, 8h or 1h30m")
    return timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write it like Europe/Berlin") from error
    return name


def _rung(text: str) -> str:
    if not _RUNG.fullmatch(text.strip()):
        raise ValueError("write a rung as '75% assignee', '100% channel' or '150% U0LEAD'")
    return text


Length = Annotated[timedelta, BeforeValidator(_length), Field(gt=timedelta(0))]
Zone = Annotated[str, AfterValidator(_zone)]
Rung = Annotated[str, AfterValidator(_rung)]


class Lengths(BaseModel):
    """A target for each priority, in business time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: Length = timedelta(hours=16)
    normal: Length = timedelta(hours=8)
    high: Length = timedelta(hours=2)
    urgent: Length = timedelta(minutes=30)


class Resolutions(Lengths):
    """The same for being done."""

    low: Length = timedelta(hours=80)
    normal: Length = timedelta(hours=40)
    high: Length = timedelta(hours=16)
    urgent: Length = timedelta(hours=4)


class SlaTable(BaseModel):
    """Hours, holidays and targets of one workspace, or of all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Zone = "UTC"
    hours: Mapping[str, str] = {"mon-fri": "09:00-17:00"}
    country: str = ""
    region: str = ""
    closed: tuple[date, ...] = ()
    first_response: Lengths = Lengths()
    resolution: Resolutions = Resolutions()
    ladder: tuple[Rung, ...] = ("75% assignee", "100% channel", "150% channel")

    @model_validator(mode="after")
    def _can_be_kept(self) -> SlaTable:
        self.rules()
        return self

    def rules(self) -> Rules:
        """As the clock reckons with it.

        Raises:
            ValueError: nobody could keep it.
        """
        days = _holidays(self.country, self.region, frozenset(self.closed))
        calendar = Calendar(ZoneInfo(self.zone), _openings(self.hours), days)
        targets = {
            priority: {
                Target.FIRST_RESPONSE: getattr(self.first_response, priority),
                Target.RESOLUTION: getattr(self.resolution, priority),
            }
            for priority in Priority
        }
        return Rules(calendar, targets, tuple(sorted(map(_step, self.ladder), key=_percent)))


class SlaSettings(SlaTable):
    """The table for all workspaces, and what single ones have instead."""

    on: bool = True
    workspaces: Mapping[str, Mapping[str, Any]] = {}

    @model_validator(mode="after")
    def _workspaces_can_be_kept(self) -> SlaSettings:
        for workspace in self.workspaces:
            self.of(workspace)
        return self

    def of(self, workspace: str) -> Rules:
        """The rules of one workspace."""
        own = self.workspaces.get(workspace)
        if not own:
            return self.rules()
        whole = self.model_dump(exclude={"workspaces", "on"})
        for name, value in own.items():
            nested = isinstance(value, Mapping) and name in {"first_response", "resolution"}
            whole[name] = {**whole[name], **value} if nested else value
        return SlaTable.model_validate(whole).rules()


def _openings(hours: Mapping[str, str]) -> tuple[tuple[Opening, ...], ...]:
    week: list[tuple[Opening, ...]] = [() for _ in DAYS]
    for days, text in hours.items():
        found = tuple(_opening(part) for part in text.split(",") if part.strip())
        for day in _days(days):
            week[day] = found
    return tuple(week)


def _days(text: str) -> range:
    first, _, last = text.strip().lower().partition("-")
    try:
        begun = DAYS.index(first.strip()[:3])
        ended = DAYS.index(last.strip()[:3]) if last else begun
    except ValueError as error:
        raise ValueError(f"{text!r} names no days; write mon, or mon-fri") from error
    if ended < begun:
        raise ValueError(f"{text!r} ends before it begins; write two entries")
    return range(begun, ended + 1)


def _opening(text: str) -> Opening:
    found = _OPENING.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no opening; write 09:00-17:00")
    return int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])


def _holidays(country: str, region: str, closed: frozenset[date]) -> Container[date]:
    if not country:
        return closed
    # It takes a while to import, and only whoever names a country needs it.
    import holidays  # noqa: PLC0415

    try:
        found = holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError as error:
        raise ValueError(f"no holidays are known for {country} {region}".strip()) from error
    return _Closed(found, closed)


class _Closed:
    """Public holidays of whatever year is asked for, and days of one's own."""

    def __init__(self, public: Container[date], own: frozenset[date]) -> None:
        self._public = public
        self._own = own

    def __contains__(self, day: object) -> bool:
        return day in self._own or day in self._public


def _step(text: str) -> Step:
    found = _RUNG.fullmatch(text.strip())
    assert found is not None  # noqa: S101 - checked when it was read
    return Step(int(found[1]), found[2])


def _percent(step: Step) -> int:
    return step.percent
