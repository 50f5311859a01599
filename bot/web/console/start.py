"""The start page: is the record sound, what happened lately, and what deserves a look."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.cli.story import told
from bot.web.access.visitor import Anyone
from bot.web.console.base import Here
from bot.web.console.nav import Link
from bot.web.console.record.chips import TONES_OF_OUTCOMES
from storage.looking import Look
from storage.overview.entries import in_full
from storage.queries import EntryRow
from storage.search.filters import Filter
from storage.search.search import Counted, Search

router = APIRouter(include_in_schema=False)
LINKS = (Link("Start", "/", "home"),)

DAYS = 7
LATEST = 8
UNSURE_BP = 7000
WORTH_A_LOOK = (
    ("Not sure", Filter(kind="route:decided", below_bp=UNSURE_BP)),
    ("Went to a person", Filter(kind="ticket:escalated")),
    ("Draft held back", Filter(kind="reply:rejected")),
    ("Sent on by a person", Filter(kind="ticket:rerouted")),
)
"""What a reviewer looks at first."""

COUNTS = (
    ("Tickets", "ticket:opened", "kind=ticket:opened"),
    ("Decisions", "route:decided", "kind=route:decided"),
    ("Went to a person", "ticket:escalated", "kind=ticket:escalated"),
    ("Drafts held back", "reply:rejected", "kind=reply:rejected"),
)


@router.get("/")
async def start(request: Request, here: Here, visitor: Anyone) -> Response:
    """The start page."""
    search = Search(here.app.store)
    since = datetime.now(UTC) - timedelta(days=DAYS)
    counted = await asyncio.gather(
        *(search.count(Filter(kind=kind, since=since)) for _, kind, _ in COUNTS)
    )
    latest = await search.page(Filter(kind="route:decided"), limit=LATEST)
    looks = await _worth_a_look(search)
    rows = list(latest.rows) + [row for _, row in looks]
    await here.looked(visitor, Look.SEARCHED, {row.id for row in rows}, page="start")
    views = await in_full(here.app.store, rows, with_texts=visitor.reads_texts)
    return here.page(
        request,
        visitor,
        "start.html",
        counts=[
            (title, _shown(count), query)
            for (title, _, query), count in zip(COUNTS, counted, strict=True)
        ],
        days=DAYS,
        latest=views[: len(latest.rows)],
        looks=[
            (why, view) for (why, _), view in zip(looks, views[len(latest.rows) :], strict=True)
        ],
        told=told,
        outcome_tones=TONES_OF_OUTCOMES,
    )


async def _worth_a_look(search: Search) -> list[tuple[str, EntryRow]]:
    """The latest of what reviewers look at first, each turn once, by what began it."""
    pages = await asyncio.gather(*(search.page(one, limit=LATEST) for _, one in WORTH_A_LOOK))
    found = [
        (why, row) for (why, _), page in zip(WORTH_A_LOOK, pages, strict=True) for row in page.rows
    ]
    newest = sorted(found, key=lambda one: one[1].id, reverse=True)
    once = {(row.ticket, row.message): (why, row) for why, row in newest}
    return sorted(once.values(), key=lambda one: one[1].id, reverse=True)[:LATEST]


def _shown(count: Counted) -> str:
    return f"{count.number:,}{'+' if count.more else ''}"
