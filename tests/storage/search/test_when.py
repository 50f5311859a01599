"""Times as people remember them. Today is Saturday, 21 November 2026."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from frontdesk.errors import StoreError
from storage.search.when import span

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "first", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-11-03", "2026-11-03", "2026-11-04"),
        ("today", "2026-11-21", "2026-11-22"),
        ("Yesterday", "2026-11-20", "2026-11-21"),
        ("last tuesday", "2026-11-17", "2026-11-18"),
        ("saturday", "2026-11-14", "2026-11-15"),
        ("last week", "2026-11-09", "2026-11-16"),
        ("this month", "2026-11-01", "2026-12-01"),
        ("last month", "2026-10-01", "2026-11-01"),
        ("november", "2026-11-01", "2026-12-01"),
        ("december", "2025-12-01", "2026-01-01"),
        ("march 2025", "2025-03-01", "2025-04-01"),
        ("3 days ago", "2026-11-18", "2026-11-19"),
        ("2 hours ago", "2026-11-21T13:00", "2026-11-21T14:00"),
        ("2026-11-03T14:30", "2026-11-03T14:30", "2026-11-03T14:31"),
        ("2026-11-03T14:30:05", "2026-11-03T14:30:05", "2026-11-03T14:30:06"),
        ("2026-11-03T16:30+02:00", "2026-11-03T14:30", "2026-11-03T14:31"),
    ],
)
def test_remembered_time_is_a_span(said: str, first: str, end: str) -> None:
    assert span(said, NOW) == (at(first), at(end))


@pytest.mark.parametrize("said", ["", "banana", "2026-13", "2026-02-30", "mar ma", "soon"])
def test_what_is_no_time_is_said_so(said: str) -> None:
    with pytest.raises(StoreError, match="time"):
        span(said, NOW)
