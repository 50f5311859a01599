"""One id in the logs for all that becomes of a message, from its delivery to the answer's post.

It is the message's id, which the record knows too: `frontdesk audit show` takes it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from structlog.contextvars import bound_contextvars


def correlated(message: str, ticket: str) -> AbstractContextManager[None]:
    """Have all that is logged in the context carry the message's id."""
    return bound_contextvars(correlation=message, ticket=ticket)


def delivered(delivery: str) -> AbstractContextManager[None]:
    """Have all that is logged in the context carry the delivery's id: it is no message yet."""
    return bound_contextvars(delivery=delivery)
