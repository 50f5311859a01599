"""What the desk says about tickets outside of a turn: reminders to staff, words to requesters."""

from __future__ import annotations

from datetime import datetime, timedelta

from router.ticket_facts import Priority, Target

WAITS_FOR = {
    Target.FIRST_RESPONSE: "a first answer from a person",
    Target.RESOLUTION: "being resolved",
}
NUDGE = (
    "I am still waiting for your answer above. If the matter is settled, a “thanks” is enough; if "
    "not, just write here."
)
CLOSED = "This is closed now. If there is anything else, write a new message and I will look at it."


def reminder(ticket: str, target: Target, priority: Priority, due: datetime, late: bool) -> str:
    """What staff is told when a deadline comes near, or has passed."""
    when = f"{due:%Y-%m-%d %H:%M} UTC"
    passed = f"was due at {when}" if late else f"is due at {when}"
    return f"Ticket *{ticket}* ({priority}) waits for {WAITS_FOR[target]}: it {passed}."


def given_up(days: float) -> str:
    """What a requester is told whose ticket is resolved because they did not answer."""
    since = "a day" if days == 1 else f"{days:g} days"
    return (
        f"I have not heard from you for {since} after my reminder, so I mark this as resolved. "
        "Write here if it is not, and I go on."
    )


def length(span: timedelta) -> str:
    """A length of time in hours and minutes."""
    hours, rest = divmod(round(span.total_seconds()), 3_600)
    return f"{hours} h {rest // 60:02d} min" if hours else f"{rest // 60} min"
