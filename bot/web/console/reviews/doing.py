"""What every page of the reviewers needs: the reviews, days, and refusals as people read them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.web.console.base import Console, NotHere
from storage.human_state import NotPossible
from storage.reviews.service import Reviews
from storage.reviews.words import told

_MISSING = {"no_such_case", "no_such_item", "no_such_entry", "no_such_finding"}


def reviews_of(here: Console) -> Reviews:
    """The reviews of the desk."""
    return Reviews(here.app.store)


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """An act is not possible; the text says why to people."""


@asynccontextmanager
async def in_words() -> AsyncIterator[None]:
    """Turn what is not possible into words.

    Raises:
        NotHere: what it was about does not exist.
        Refused: it cannot be done.
    """
    try:
        yield
    except NotPossible as error:
        if error.why in _MISSING:
            raise NotHere(told(error.why)) from error
        raise Refused(told(error.why)) from error


def day(text: str) -> datetime | None:
    """A day as a date field gives it, from its beginning in UTC; None without any.

    Raises:
        Refused: it is none.
    """
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused(f"{text!r} is no day: write it as 2026-12-31.") from error


def end_of(found: datetime | None) -> datetime | None:
    """The end of a day that counts in full."""
    return found and found + timedelta(days=1)
