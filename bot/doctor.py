"""Examinations: is everything here that the desk needs, and what to do where it is not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pydantic import SecretStr
from sqlalchemy import make_url

from bot.app import Thinking, think
from bot.plugins.discovery import discover
from bot.settings import Settings, origin, unknown_variables
from frontdesk import FrontdeskError
from storage.inspection import inspect_database

FIXED_SQLITE = (3, 51, 3)
"""SQLite before this can, rarely, lose its write-ahead log when several connections reset it."""


class Health(StrEnum):
    """How an examination ended."""

    GOOD = "good"
    ADVICE = "advice"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one examination found, and what to do about it."""

    what: str
    health: Health
    found: str
    advice: str = ""

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def examine(settings: Settings) -> Iterator[Finding]:
    """Examine everything in turn; one that cannot run is itself a finding."""
    yield from _settings()
    for what, examination in (("database", _database), ("plugins", _thinking)):
        yield from _walled(what, lambda e=examination: e(settings))  # type: ignore[misc]
    yield _model(settings)
    yield _proxies(settings)


def settings_in_force(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Every setting: its name, its value with secrets masked, and where it comes from."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        shown = "********" if isinstance(value, SecretStr) else _masked(name, value)
        yield name, shown, origin(name, settings)


def _masked(name: str, value: object) -> str:
    if name == "database_url":
        return make_url(str(value)).render_as_string(hide_password=True)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _walled(what: str, examination: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from examination()
    except (FrontdeskError, OSError) as error:
        yield Finding(what, Health.BAD, str(error), "mend what the message names, and look again")


def _settings() -> Iterator[Finding]:
    unknown = unknown_variables()
    if unknown:
        advice = "most likely misspelt: compare with the list of settings"
        yield Finding("settings", Health.ADVICE, f"set nothing: {', '.join(unknown)}", advice)
    else:
        yield Finding("settings", Health.GOOD, "all can be read")


def _database(settings: Settings) -> Iterator[Finding]:
    state = inspect_database(settings.database_url, settings.keys)
    yield Finding("database", Health.GOOD if state.good else Health.BAD, state.found, state.advice)
    if settings.database_url.startswith("sqlite") and sqlite3.sqlite_version_info < FIXED_SQLITE:
        yield Finding(
            "sqlite",
            Health.ADVICE,
            f"version {sqlite3.sqlite_version} has a rare fault in its write-ahead log",
            "take a Python that is linked with SQLite 3.51.3 or later, or use PostgreSQL",
        )


def _thinking(settings: Settings) -> Iterator[Finding]:
    thinking = think(settings)
    try:
        yield _encoder(thinking)
        yield from _plugins(thinking)
        yield from _disabled(settings, thinking)
    finally:
        thinking.router.close()


def _encoder(thinking: Thinking) -> Finding:
    encoder = thinking.encoder
    return Finding("embedding model", Health.GOOD, f"{encoder.name}, sha256 {encoder.digest[:12]}")


def _plugins(thinking: Thinking) -> Iterator[Finding]:
    registry = thinking.registry
    names = ", ".join(registry.specialists)
    if names:
        yield Finding("plugins", Health.GOOD, f"{len(registry.specialists)} specialists: {names}")
    else:
        advice = "install a plugin, or look at FRONTDESK_DISABLED_PLUGINS"
        yield Finding("plugins", Health.BAD, "nobody is there to answer", advice)
    for fault in registry.faults:
        yield Finding(f"plugin {fault.entry_point}", Health.BAD, fault.message, fault.advice)
    for problem in thinking.problems:
        yield Finding("knowledge", Health.BAD, str(problem), "the other articles are in use")


def _disabled(settings: Settings, thinking: Thinking) -> Iterator[Finding]:
    """Names that are to be disabled and that nothing has: most likely misspelt."""
    registry = thinking.registry
    known = {candidate.name for candidate in discover()[0]} | set(registry.specialists)
    known |= {name for one in registry.quarantined for name in (one.entry_point, one.specialist)}
    if strange := sorted(set(settings.disabled_plugins) - known):
        found = f"FRONTDESK_DISABLED_PLUGINS names what is not installed: {', '.join(strange)}"
        yield Finding("plugins", Health.ADVICE, found, "`frontdesk plugins list` has the names")


def _model(settings: Settings) -> Finding:
    if settings.anthropic_api_key or os.environ.get("ANTHROPIC_AUTH_TOKEN"):
        where = settings.anthropic_base_url or "Anthropic"
        return Finding("language model", Health.GOOD, f"a key is set; calls go to {where}")
    found = "no key is set: the desk routes with its embedded model and answers by quoting"
    return Finding("language model", Health.GOOD, found)


def _proxies(settings: Settings) -> Finding:
    """Whose word counts for where a request comes from; what is counted by address follows it."""
    if settings.trusted_proxies:
        names = ", ".join(settings.trusted_proxies)
        return Finding("proxies", Health.GOOD, f"X-Forwarded-For is read from {names} alone")
    return Finding("proxies", Health.GOOD, "X-Forwarded-For is read from nobody")
