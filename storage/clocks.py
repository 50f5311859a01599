"""The clocks of tickets: in which stretches of time each ran.

Nothing is reckoned here. Hours and targets are settings and may change; what happened does not.
Whoever knows the settings works out used time and deadlines of all clocks that are `stale`.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from router.ticket_facts import Target
from storage.ledger import often
from storage.ticket_tables import CLOCK

Span = tuple[int, int | None]

_NEW = insert(CLOCK)
_ONE = select(
    CLOCK.c.target,
    CLOCK.c.round,
    CLOCK.c.spans,
    CLOCK.c.ended_us,
    CLOCK.c.breached_us,
    CLOCK.c.breaches,
).where(CLOCK.c.ticket_id == bindparam("ticket"), CLOCK.c.target == bindparam("which"))


class _Clock(NamedTuple):
    """One clock, as it is kept."""

    ticket_id: str
    target: str
    round: int
    spans: str
    ended_us: int | None
    breached_us: int | None
    breaches: int


def spans(text: str) -> tuple[Span, ...]:
    """The stretches in which a clock ran, oldest first; the last one may not have ended."""
    return tuple((begun, ended) for begun, ended in json.loads(text))


def begin(connection: Connection, ticket: str, now_us: int) -> None:
    """Let both clocks of a new ticket run."""
    text = json.dumps([[now_us, None]])
    rows = [
        {
            "ticket_id": ticket,
            "target": target.value,
            "round": 0,
            "spans": text,
            "used_us": 0,
            "target_us": 0,
            "level": 0,
            "breaches": 0,
            "stale": 1,
        }
        for target in Target
    ]
    often.run(connection, _NEW, rows)


def pause(connection: Connection, ticket: str, now_us: int) -> None:
    """Stop the clocks that run; the time they used is kept."""
    for row in _unended(connection, ticket):
        _write(connection, row, spans=_closed(row.spans, now_us))


def resume(connection: Connection, ticket: str, now_us: int) -> None:
    """Let them go on."""
    for row in _unended(connection, ticket):
        if all(ended is not None for _, ended in spans(row.spans)):
            _write(connection, row, spans=_opened(row.spans, now_us))


def end_response(connection: Connection, ticket: str, now_us: int) -> None:
    """A person answered for the first time."""
    for row in _unended(connection, ticket):
        if row.target == Target.FIRST_RESPONSE:
            _write(connection, row, spans=_closed(row.spans, now_us), ended_us=now_us)


def end(connection: Connection, ticket: str, now_us: int) -> None:
    """The matter is done, and with it whatever was still measured."""
    for row in _unended(connection, ticket):
        _write(connection, row, spans=_closed(row.spans, now_us), ended_us=now_us)


def begin_again(connection: Connection, ticket: str, now_us: int, *, responded: bool) -> None:
    """The matter was not done: another round. What was breached in the last one stays so."""
    for row in _all(connection, ticket):
        if responded and row.target == Target.FIRST_RESPONSE:
            continue
        _write(
            connection,
            row,
            round=row.round + 1,
            spans=json.dumps([[now_us, None]]),
            ended_us=None,
            level=0,
            breaches=row.breaches + int(row.breached_us is not None),
            breached_us=None,
        )


def reckon_anew(connection: Connection, ticket: str | None = None) -> None:
    """Have deadlines worked out again: of one ticket, or of all that are not done."""
    which: ColumnElement[bool] = CLOCK.c.ended_us.is_(None)
    if ticket is not None:
        which &= CLOCK.c.ticket_id == ticket
    connection.execute(update(CLOCK).where(which).values(stale=1))


def _all(connection: Connection, ticket: str) -> list[_Clock]:
    found = (
        often.first(connection, _ONE, {"ticket": ticket, "which": target.value})
        for target in Target
    )
    return [_Clock(ticket, *row) for row in found if row is not None]


def _unended(connection: Connection, ticket: str) -> list[_Clock]:
    return [clock for clock in _all(connection, ticket) if clock.ended_us is None]


def _closed(text: str, now_us: int) -> str:
    return json.dumps([[begun, now_us if ended is None else ended] for begun, ended in spans(text)])


def _opened(text: str, now_us: int) -> str:
    return json.dumps([*spans(text), (now_us, None)])


def _write(connection: Connection, clock: _Clock, **values: Any) -> None:
    which = {"ticket_id": clock.ticket_id, "target": clock.target}
    often.change(connection, CLOCK, which, {"stale": 1, **values})
