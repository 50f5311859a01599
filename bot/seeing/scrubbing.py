"""What must not get into the logs: secrets, and what people wrote.

The desk's own lines name ids and kinds of errors only. What a library logs, and the message of an
exception, may hold anything: keys are masked by their shapes, and the message of an exception that
is not ours is left out, except where somebody asks for it with the log level DEBUG.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from types import TracebackType

from structlog.types import EventDict, WrappedLogger

from frontdesk import FrontdeskError

MASK = "********"
MOST_CAUSES = 5
_SECRETS = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w.-]{6,}"
    r"|xapp-[\w.-]{6,}"
    r"|sk-[\w-]{12,}"
    r"|(?<=://)[^\s:/@]+:[^\s@/]+(?=@)"
    r"|(?i:(?<=bearer )[\w.~+/=-]{8,})"
)
_TEXTS = frozenset({"text", "texts", "message_text", "prompt", "body", "payload"})
"""Fields in which what somebody wrote could stand."""
_SAFE = (FrontdeskError, OSError, TimeoutError, KeyError)
Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def scrubbed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask secrets, and leave out fields for texts."""
    return {name: MASK if name in _TEXTS else _masked(value) for name, value in event.items()}


def _masked(value: object) -> object:
    return _SECRETS.sub(MASK, value) if isinstance(value, str) else value


def told(whole: bool) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    """Tell an exception by its kind and where it was raised; all that it says if `whole`."""

    def tell(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        raised = event.pop("exc_info", None)
        if raised:
            event["exception"] = _told(raised, whole)
        return event

    return tell


def _told(raised: Raised, whole: bool) -> str:
    kind, error, where = raised
    if whole:
        return "".join(traceback.format_exception(kind, error, where)).rstrip()
    lines = [_line(kind, error)]
    cause = error.__cause__ or error.__context__
    while cause is not None and len(lines) < MOST_CAUSES:
        lines.append(f"because of {_line(type(cause), cause)}")
        cause = cause.__cause__ or cause.__context__
    return "".join([*traceback.format_tb(where), "\n".join(lines)]).rstrip()


def _line(kind: type[BaseException], error: BaseException) -> str:
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    return f"{name}: {error}" if isinstance(error, _SAFE) else name
