"""A day's figures in words: what is read first, and what a screen reader gets of the picture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from storage.doors.digest import DayFigures

TARGETS = {"first_response": "first answers", "resolution": "resolutions"}


def told(figures: DayFigures, titles: Mapping[str, str]) -> str:
    """The day as Markdown; `titles` are what people call the specialists."""
    lines = [f"**{_day(figures)}**", _volume(figures)]
    lines += [
        line
        for line in (
            _who(figures, titles),
            _late(figures),
            _slow(figures, titles),
            _put_right(figures, titles),
            _opinions(figures),
        )
        if line
    ]
    return "\n\n".join(lines)


def described(figures: DayFigures, titles: Mapping[str, str]) -> str:
    """What the picture shows, in one sentence or two."""
    busiest = max(range(len(figures.hours)), key=lambda hour: figures.hours[hour])
    shown = f"Tickets by hour on {figures.day:%d %B %Y}: {figures.opened} in all"
    if figures.opened:
        shown += f", most between {busiest}:00 and {busiest + 1}:00 ({figures.hours[busiest]})"
    by = ", ".join(
        f"{titled(one.specialist, titles)} {one.answered} answered, {one.escalated} to people"
        for one in figures.fields
    )
    return f"{shown}. By specialist: {by}." if by else f"{shown}."


def titled(specialist: str, titles: Mapping[str, str]) -> str:
    """What people call a specialist, or that there was none."""
    return titles.get(specialist, specialist) or "No specialist"


def lasting(seconds: int) -> str:
    """How long something took, as people say it."""
    if seconds < 90:  # noqa: PLR2004 - below this seconds say more
        return f"{seconds} s"
    whole = timedelta(seconds=seconds)
    hours, rest = divmod(whole.seconds, 3600)
    parts = ((whole.days, "d"), (hours, "h"), (rest // 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _day(figures: DayFigures) -> str:
    return f"{figures.day:%A, %d %B %Y} ({figures.zone})"


def _volume(figures: DayFigures) -> str:
    if figures.quiet:
        return "A quiet day: nothing came in."
    share = f" ({figures.alone / figures.opened:.0%})" if figures.opened else ""
    by = ", ".join(f"{count} by {source}" for source, count in figures.sources)
    tickets = "1 ticket" if figures.opened == 1 else f"{figures.opened} tickets"
    came = f"{tickets} came in" + (f" ({by})" if by else "")
    waiting = f" Without any answer so far: {figures.unanswered}." if figures.unanswered else ""
    return (
        f"{came}. Answered without a person: {figures.alone}{share}. "
        f"Needed a person: {figures.with_people}.{waiting}"
    )


def _who(figures: DayFigures, titles: Mapping[str, str]) -> str:
    return "\n".join(
        f"- {titled(one.specialist, titles)}: {one.answered} answered, {one.escalated} to people"
        for one in figures.fields
    )


def _late(figures: DayFigures) -> str:
    if not figures.breaches:
        return "" if figures.quiet else "No deadline was missed."
    what = ", ".join(f"{count} {TARGETS.get(name, name)}" for name, count in figures.breaches)
    return f"Deadlines missed: {what}."


def _slow(figures: DayFigures, titles: Mapping[str, str]) -> str:
    slow = ", ".join(
        f"{one.ticket} {lasting(one.seconds)}"
        + (f" ({titles.get(one.specialist, one.specialist)})" if one.specialist else "")
        for one in figures.slowest
    )
    return f"Slowest first answers: {slow}." if slow else ""


def _put_right(figures: DayFigures, titles: Mapping[str, str]) -> str:
    parts = [
        f"{one.count} sent from {titles.get(one.source, one.source) or 'nobody'} to "
        f"{titles.get(one.target, one.target)}"
        for one in figures.moved
    ]
    if figures.edited:
        parts.append(f"{figures.edited} drafts put into other words")
    return f"What people put right: {', '.join(parts)}." if parts else ""


def _opinions(figures: DayFigures) -> str:
    parts = []
    if figures.helpful or figures.unhelpful:
        parts.append(f"{figures.helpful} answers helped, {figures.unhelpful} did not")
    if figures.scores:
        mean = sum(figures.scores) / len(figures.scores)
        parts.append(f"{len(figures.scores)} tickets were rated, {mean:.1f} of 5 on average")
    return f"{'; '.join(parts)}." if parts else ""
