"""What the desk says in a thread besides answers: who has it now, and what becomes of it.

Each sentence says only what is on record when it is posted.
"""

from __future__ import annotations

from slack_sdk.models.blocks import MarkdownBlock

from bot.slack import escape
from bot.slack.blocks import Piece, as_json, context
from bot.slack.card_look import person
from router import wording


def taken_over(user: str) -> Piece:
    """A human has the thread."""
    return _small(
        f"{person(user)} has taken over here. I say nothing more until it is handed back to me."
    )


def handed_back(user: str) -> Piece:
    """The desk has it again."""
    return _small(f"{person(user)} has handed this back. I am following this thread again.")


def resolved(user: str) -> Piece:
    """The ticket is closed."""
    return _small(f"{person(user)} has marked this as resolved. Write here if it is not.")


def rerouted(user: str, title: str) -> Piece:
    """Another specialist is asked."""
    return _small(f"{person(user)} has sent this to {escape.label(title)}.")


def in_queue() -> Piece:
    """Somebody asked for a human."""
    return _small(wording.HANDED_OVER)


def held() -> Piece:
    """A draft waits for staff."""
    return _small(wording.HELD)


def opened(user: str, text: str) -> Piece:
    """The first message of a ticket that came from a form."""
    quote = "\n".join(f"> {line}" for line in escape.escaped(text).splitlines())
    return Piece(
        f"Your question: {escape.escaped(text)[:200]}",
        as_json([MarkdownBlock(text=f"{person(user)}, you asked:\n{quote}"[:11_000])]),
    )


def staff_says(user: str, text: str) -> Piece:
    """What a person of the staff answers."""
    said = escape.escaped(text)
    blocks = [MarkdownBlock(text=said), context(f"{person(user)}, of our staff")]
    return Piece(said[:3_000], as_json(blocks))


def _small(text: str) -> Piece:
    return Piece(text, as_json([context(text)]))
