"""The rooms of the console, in the order of the navigation."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from bot.web.console import charts, exports, privacy, reviews, start
from bot.web.console.nav import Link
from bot.web.console.people import accounts, looking
from bot.web.console.proof import dictionary, history, integrity
from bot.web.console.record import artifacts, entries, explorer, tickets


@dataclass(frozen=True, slots=True)
class Room:
    """Some pages, and where they stand in the navigation."""

    router: APIRouter
    links: tuple[Link, ...] = ()


ROOMS: tuple[Room, ...] = (
    Room(start.router, start.LINKS),
    Room(explorer.router, explorer.LINKS),
    Room(tickets.router, tickets.LINKS),
    Room(entries.router),
    Room(artifacts.router),
    Room(integrity.router, integrity.LINKS),
    Room(dictionary.router, dictionary.LINKS),
    Room(looking.router, looking.LINKS),
    Room(history.router, history.LINKS),
    Room(accounts.router, accounts.LINKS),
    Room(reviews.router, reviews.LINKS),
    Room(charts.router, charts.LINKS),
    Room(privacy.router, privacy.LINKS),
    Room(exports.router, exports.LINKS),
)
"""Each room of pages, by one line."""
