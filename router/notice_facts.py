"""What the desk says outside of a turn: reminders, nudges, digests, incidents.

As with a reply, what is about to be said is on record before anybody can see it. A notice's `key`
names it: the same key is said once. It stands in the message's metadata too, so it holds ids and
fixed words only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from router.facts import Fact


class Audience(StrEnum):
    """Whom a notice is for."""

    STAFF = "staff"
    PERSON = "person"
    REQUESTER = "requester"


@dataclass(frozen=True, kw_only=True)
class NoticeIntended(Fact):
    """The desk is about to say something. Texts: `notice`, and `blocks`, `alt` where given.

    `picture` is the SHA-256 of an artifact that is shown with it.
    """

    kind: ClassVar[str] = "notice:intended"
    key: str
    audience: Audience
    picture: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticePosted(Fact):
    """It is visible at `external`. `found`: it was already, before it would have been repeated."""

    kind: ClassVar[str] = "notice:posted"
    key: str
    external: str
    found: bool = False


@dataclass(frozen=True, kw_only=True)
class NoticeFailed(Fact):
    """It did not become visible, and is tried again unless it was `given_up`."""

    kind: ClassVar[str] = "notice:failed"
    key: str
    fault: str
    given_up: bool = False
