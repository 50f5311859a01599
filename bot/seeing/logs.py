"""Logs: one line an event, to standard error, so that standard output stays for results."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from bot.seeing.scrubbing import scrubbed, told
from bot.terminal import safe


def configure_logs(level: str, form: str = "auto") -> None:
    """Log from `level` on, other libraries too.

    `form` is `json`, `text`, or `auto`: text in colour on a terminal, JSON elsewhere.
    """
    as_text = sys.stderr.isatty() if form == "auto" else form == "text"
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    plain = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    last: list[Processor] = [
        told(whole=level.upper() == "DEBUG"),
        scrubbed,
        *((_without_steering, plain) if as_text else (structlog.processors.JSONRenderer(),)),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _without_steering(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Logs may repeat what a ticket says, and a terminal must not act on it."""
    return {name: safe(v) if isinstance(v, str) else v for name, v in event.items()}
