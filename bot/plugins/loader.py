"""Loading plugins one by one, so that a broken one costs only itself.

Each plugin goes through the same steps (import, version, hook, specialists, digest) in a thread
with a time limit. Whatever goes wrong on the way keeps that plugin out, with a reason that a
program can read, a sentence and advice for people; the desk starts without it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import structlog

from bot.plugins.attempt import Attempt, Offered
from bot.plugins.discovery import Candidate, discover, normalized
from bot.plugins.doors import Door
from bot.plugins.guard import TimedOutError, guarded
from bot.plugins.registry import Loaded, Quarantined, Reason, Registry, Rejected
from bot.plugins.sources import plugin_in
from bot.plugins.switch import Switch
from bot.plugins.wording import described

ENABLE = "run frontdesk plugins enable, or take its name out of FRONTDESK_DISABLED_PLUGINS"
log = structlog.get_logger(__name__)


def load_plugins(
    disabled: Collection[str] = (),
    time_limit: float = 10.0,
    names_taken: Collection[str] = (),
    candidates: Sequence[Candidate] | None = None,
    *,
    sources: Sequence[Path] = (),
) -> Registry:
    """Load every installed plugin and say what came of each. Never raises for a plugin's sake.

    Args:
        disabled: names of entry points, distributions or specialists to leave out; the first two
            before they are imported.
        time_limit: seconds that one plugin may take, from import to digest.
        names_taken: names that no specialist may have.
        candidates: what to load, in this order; all that is installed if not given.
        sources: folders with sources of plugins to load besides; such a plugin takes the place of
            the same one installed.

    Raises:
        SettingsError: there is no plugin in one of `sources`.
    """
    quarantined: list[Quarantined] = []
    if candidates is None:
        candidates, quarantined = discover()
    beside = [candidate for folder in sources for candidate in plugin_in(folder)]
    replaced = {normalized(candidate.distribution) for candidate in beside}
    installed = (one for one in candidates if normalized(one.distribution) not in replaced)
    candidates = [*installed, *beside]
    switch = Switch(disabled, candidates)
    intake = _Intake(switch, time_limit, names_taken, quarantined)
    for candidate in candidates:
        intake.take(candidate)
    for one in intake.quarantined:
        tell = log.warning if one.is_fault else log.info
        tell("plugin kept out", plugin=one.entry_point, reason=one.reason.value, why=one.message)
    kept_out = tuple(intake.quarantined)
    return Registry(intake.specialists, kept_out, switch.unmatched, intake.doors)


class _Intake:
    """What has been loaded so far, which decides who comes too late for a name."""

    def __init__(
        self,
        switch: Switch,
        time_limit: float,
        names_taken: Collection[str],
        quarantined: list[Quarantined],
    ) -> None:
        self.specialists: dict[str, Loaded] = {}
        self.doors: dict[str, Door] = {}
        self.quarantined = quarantined
        self._switch = switch
        self._time_limit = time_limit
        self._names_taken = names_taken
        self._entry_points: dict[str, Candidate] = {}

    def take(self, candidate: Candidate) -> None:
        """Load one plugin whole, or keep it out whole."""
        try:
            self._refuse_unimported(candidate)
            brought = self._load(candidate)
            offers = [one for one in brought.specialists if not self._is_off(candidate, one.name)]
            doors = [one for one in brought.doors if not self._is_off(candidate, one.name)]
            self._refuse_taken([*(one.name for one in offers), *(one.name for one in doors)])
        except Rejected as rejected:
            self.quarantined.append(
                candidate.quarantined(rejected.reason, rejected.message, rejected.advice)
            )
            log.debug("plugin kept out", plugin=candidate.name, exc_info=rejected)
        else:
            self.specialists |= {one.name: one for one in offers}
            self.doors |= {one.name: one for one in doors}

    def _refuse_unimported(self, candidate: Candidate) -> None:
        if self._switch.is_plugin_off(candidate):
            message = "it is switched off"
            advice = ENABLE
            raise Rejected(Reason.DISABLED, message, advice)
        first = self._entry_points.setdefault(candidate.name, candidate)
        if first is not candidate:
            message = f"the entry point {candidate.name!r} is already that of {first.distribution}"
            advice = f"uninstall either {first.distribution} or {candidate.distribution}"
            raise Rejected(Reason.DUPLICATE_ENTRY_POINT, message, advice)

    def _load(self, candidate: Candidate) -> Offered:
        attempt = Attempt(candidate)
        ended = guarded(attempt.run, candidate.name, self._time_limit)
        if ended.printed:
            log.info("plugin printed", plugin=candidate.name, output=ended.printed)
        if isinstance(ended.error, TimedOutError):
            message = f"it was still {attempt.doing} after {self._time_limit:g} seconds"
            advice = "a plugin must not wait for anything when it loads; raise "
            advice += "FRONTDESK_PLUGIN_SECONDS if it is only slow"
            raise Rejected(Reason.TIMED_OUT, message, advice)
        if isinstance(ended.error, Rejected):
            raise ended.error
        if ended.error is not None:
            message = f"it broke while {attempt.doing}: {described(ended.error)}"
            advice = f"uninstall {candidate.distribution} and tell its author"
            raise Rejected(Reason.IMPORT_FAILED, message, advice) from ended.error
        return ended.value or Offered()

    def _is_off(self, candidate: Candidate, name: str) -> bool:
        if not self._switch.is_specialist_off(name):
            return False
        message = f"{name!r} is switched off"
        advice = ENABLE
        self.quarantined.append(
            candidate.quarantined(Reason.DISABLED, message, advice, specialist=name)
        )
        return True

    def _refuse_taken(self, names: Sequence[str]) -> None:
        for number, name in enumerate(names):
            known: Loaded | Door | None = self.specialists.get(name) or self.doors.get(name)
            if known is not None:
                owner = known.plugin.distribution
            elif name in self._names_taken:
                owner = "the desk itself"
            elif name in names[:number]:
                owner = "this plugin, which offers two of that name"
            else:
                continue
            message = f"something named {name!r} already comes from {owner}"
            advice = "the author should choose another name; to replace that one, switch "
            advice += "its plugin off with FRONTDESK_DISABLED_PLUGINS"
            raise Rejected(Reason.DUPLICATE_NAME, message, advice)
