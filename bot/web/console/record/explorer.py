"""The explorer: every entry of the record, by what somebody remembers of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from bot.cli.story import told
from bot.web.access.visitor import Anyone, Reader, Visitor
from bot.web.console.base import Console, Here
from bot.web.console.nav import Link
from bot.web.console.record.chips import NAMES_OF_OUTCOMES, TONES_OF_OUTCOMES
from bot.web.console.record.lanes import TONES
from frontdesk import StoreError
from router.records import BASIS_POINTS
from storage.looking import Look
from storage.overview.choices import choices
from storage.overview.entries import in_full
from storage.people.searches import Searches
from storage.queries import EntryRow, EntryView, NotFound, Queries
from storage.reviews.service import Reviews
from storage.search.filters import Filter
from storage.search.search import Page, Search
from storage.search.when import span

router = APIRouter(include_in_schema=False)
LINKS = (Link("Explorer", "/log", "search"),)

SIZE = 50
FIELDS = ("kind", "ticket", "specialist", "outcome", "model", "actor", "channel")
ASKED = ("words", "when", *FIELDS, "below", "cost")
ANYTHING = "any"
FIRST = {"kind": "route:decided"}
"""What is shown before somebody asks for anything: decisions, not what the log says of itself."""

PRESETS = (
    ("Decisions", "kind=route:decided"),
    ("Unsure decisions", "kind=route:decided&below=70"),
    ("Went to a person", "kind=ticket:escalated"),
    ("Drafts held back", "kind=reply:rejected"),
    ("Changed by a person", "kind=ticket:rerouted"),
    ("Configuration", "kind=desk:started"),
    ("Refused", "kind=auth:denied"),
    ("Cost money", "cost=0.000001"),
    ("Everything", "kind=any"),
)


@router.get("/log")
async def explorer(request: Request, here: Here, visitor: Anyone, after: str = "") -> Response:
    """Entries that fit what was asked for."""
    given = request.query_params if request.url.query else FIRST
    asked = {name: given.get(name, "").strip() for name in ASKED}
    problem, found = "", Page((), None)
    previews: dict[str, tuple[str, str]] = {}
    try:
        wanted = wanted_from(asked, visitor)
        found = await Search(here.app.store).page(wanted, limit=SIZE, after=after or None)
        found = replace(found, rows=_without_searches(found.rows, wanted))
        ids = [row.id for row in found.rows]
        said = replace(wanted, words="").said()
        await here.looked(visitor, Look.SEARCHED, ids, asked["words"], **said)
        views = await in_full(here.app.store, found.rows, with_texts=visitor.reads_texts)
        sealed = await Reviews(here.app.store).sealed(ids, visitor.ref)
        previews = {
            view.row.id: (told(view).sentence, "" if view.row.id in sealed else quoted(view))
            for view in views
        }
    except StoreError as error:
        problem = str(error)
    return here.page(
        request,
        visitor,
        "record/explorer.html",
        asked=asked,
        more=any(asked[name] for name in ASKED if name not in ("words", "when", "kind")),
        page=found,
        previews=previews,
        problem=problem,
        options=await choices(here.app.store),
        presets=PRESETS,
        saved=await Searches(here.app.store).of(visitor.ref) if visitor.reads_texts else (),
        tones=TONES,
        outcome_tones=TONES_OF_OUTCOMES,
        outcome_names=NAMES_OF_OUTCOMES,
    )


@router.get("/find")
async def find(request: Request, here: Here, visitor: Anyone, q: str = "") -> Response:
    """Go to what a name means, or look for words."""
    name = q.strip()
    if name and " " not in name:
        for place, read in (("tickets", here_ticket), ("entries", here_entry)):
            if (known := await read(here, name)) is not None:
                return RedirectResponse(f"/{place}/{known}", 303)
    return RedirectResponse(f"/log?{urlencode({'words': name})}" if name else "/log", 303)


@router.post("/log/searches")
async def keep(
    request: Request,
    here: Here,
    visitor: Reader,
    *,
    name: Annotated[str, Form()],
    query: Annotated[str, Form()],
    shared: Annotated[str, Form()] = "",
) -> Response:
    """Keep a search."""
    if not name.strip():
        return here.go(request, f"/log?{query}", "Give the search a name.", kind="bad")
    searches = Searches(here.app.store)
    await searches.keep(visitor.ref, name.strip()[:80], query[:2000], shared=bool(shared))
    return here.go(request, f"/log?{query}", f"“{name.strip()}” is kept.")


@router.post("/log/searches/{search}/forget")
async def forget(request: Request, here: Here, visitor: Reader, search: str) -> Response:
    """Remove a search of one's own."""
    gone = await Searches(here.app.store).forget(visitor.ref, search)
    message = "The search is gone." if gone else "Only who kept a search can remove it."
    return here.go(request, "/log", message, kind="good" if gone else "bad")


def _without_searches(rows: Sequence[EntryRow], wanted: Filter) -> tuple[EntryRow, ...]:
    """Entries without other people's searches for the same words, unless those are asked for."""
    if not wanted.words or (wanted.kind or "").startswith("audit"):
        return tuple(rows)
    return tuple(row for row in rows if row.kind != "audit:searched")


def sentence(view: EntryView) -> str:
    """What an entry says in a line: of a decision the reason alone, the rest stands beside it."""
    decision = view.leaf.get("body", {}).get("decision")
    return str(decision["reason"]) if decision else told(view).sentence


def quoted(view: EntryView) -> str:
    """What somebody wrote, to recognise an entry by: of a decision the matter."""
    return view.texts.get("matter") or told(view).quoted


def wanted_from(asked: Mapping[str, str], visitor: Visitor) -> Filter:
    """What somebody asked for; who may not read texts cannot look for words in them.

    Raises:
        StoreError: nobody can tell what is meant.
    """
    since = until = None
    if asked["when"]:
        since, until = span(asked["when"], datetime.now(UTC))
    if asked["words"] and not visitor.reads_texts:
        raise StoreError("your role does not read what people wrote, so it cannot search in it")
    cost = _number(asked["cost"], "the cost in dollars", 1_000_000)
    return Filter(
        since=since,
        until=until,
        below_bp=_number(asked["below"], "the confidence in per cent", BASIS_POINTS // 100),
        cost_from=cost,
        words=asked["words"],
        **{name: None if asked[name] in ("", ANYTHING) else asked[name] for name in FIELDS},
    )


async def here_ticket(here: Console, name: str) -> str | None:
    """The ticket that goes by a name."""
    try:
        return (await Queries(here.app.store).ticket(name)).row.id
    except NotFound:
        return None


async def here_entry(here: Console, name: str) -> str | None:
    """The entry that goes by a name."""
    try:
        return (await Queries(here.app.store).entry(name)).row.id
    except NotFound:
        return None


def _number(text: str, what: str, times: int) -> int | None:
    if not text:
        return None
    try:
        return round(float(text.rstrip("%$ ").replace(",", ".")) * times)
    except (ValueError, OverflowError) as error:
        raise StoreError(f"{text!r} is no number: type {what}") from error
