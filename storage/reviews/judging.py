"""Verdicts: one opinion on every item, a second one where it is asked, and never both of one."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from router.review_facts import BREACHES, ItemCompared, ItemJudged, Judgement
from storage.human_state import NotPossible
from storage.ledger.append import Appender
from storage.reviews.records import CHAIN, append, by
from storage.reviews.tables import CASE, ITEM, CaseState

_LONGEST = 3_600
"""Seconds: whoever took longer was not at it all the time."""


@dataclass(frozen=True, slots=True)
class NewOpinion:
    """What a reviewer says of an item, and how many seconds they looked at it."""

    judgement: Judgement
    comment: str = ""
    seconds: int = 0


def judge(
    connection: Connection,
    appender: Appender,
    person: str,
    place: tuple[str, int],
    opinion: NewOpinion,
) -> str:
    """Put a verdict on the item at `place`, which is case and position; give its entry.

    Raises:
        NotPossible: the case is signed, both opinions are there, or this one's first is theirs.
    """
    item = _locked(connection, place)
    number, judgement = _turn(item, person), opinion.judgement
    comment = opinion.comment.strip()
    sealed, salt = "", None
    if number == 1 and (item.twice or judgement in BREACHES):
        salt = secrets.token_hex(16)
        sealed = seal(salt, judgement)
    fact = ItemJudged(
        **by(person),
        case=item.case_id,
        item=item.entry_id,
        judgement=None if sealed else judgement,
        sealed=sealed,
        opinion=number,
        seconds=max(0, min(opinion.seconds, _LONGEST)),
        texts={"comment": comment} if comment else {},
    )
    entry = append(connection, appender, fact, about=item.entry_id)
    if number == 1:
        said = {"first": judgement, "first_by": person, "first_us": entry.rec_us}
        values = {**said, "first_entry": entry.id, "salt": salt, "twice": int(bool(sealed))}
    else:
        said = {"second": judgement, "second_by": person, "second_us": entry.rec_us}
        values = {**said, "second_entry": entry.id}
        _compare(connection, appender, item, judgement)
    where = (ITEM.c.case_id == item.case_id) & (ITEM.c.position == item.position)
    connection.execute(update(ITEM).where(where).values(values))
    return entry.id


def seal(salt: str, judgement: Judgement) -> str:
    """The commitment to an opinion that must not be known yet."""
    return hashlib.sha256(f"{salt}:{judgement.value}".encode()).hexdigest()


def _locked(connection: Connection, place: tuple[str, int]) -> Row[Any]:
    where = (ITEM.c.case_id == place[0]) & (ITEM.c.position == place[1])
    query = (
        select(ITEM, CASE.c.state.label("case_state"))
        .join(CASE, CASE.c.id == ITEM.c.case_id)
        .where(where)
        .with_for_update()
    )
    item = connection.execute(query).one_or_none()
    if item is None:
        raise NotPossible("no_such_item")
    if item.case_state == CaseState.SIGNED:
        raise NotPossible("signed")
    return item


def _turn(item: Row[Any], person: str) -> int:
    """Whether this is the first opinion or the second."""
    if item.first is None:
        return 1
    if not item.twice or item.second is not None:
        raise NotPossible("judged", item.second_by or item.first_by)
    if item.first_by == person:
        raise NotPossible("second_must_be_another")
    return 2


def _compare(connection: Connection, appender: Appender, item: Row[Any], second: Judgement) -> None:
    fact = ItemCompared(
        ticket=CHAIN,
        actor="system:reviews",
        case=item.case_id,
        item=item.entry_id,
        first=Judgement(item.first),
        salt=item.salt,
        second=second,
    )
    appender.append(connection, (fact,))
