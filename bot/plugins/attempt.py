"""One plugin's way in: import, version, hook, specialists, digest."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

from bot.plugins.admission import admitted
from bot.plugins.discovery import Candidate
from bot.plugins.doors import HOOKS, Door, made
from bot.plugins.fingerprint import fingerprint
from bot.plugins.manager import SPECIALISTS, offered
from bot.plugins.registry import Loaded, Reason, Rejected
from bot.plugins.wording import described
from frontdesk import API_VERSION, Specialist
from router.records import PluginRef


@dataclass(frozen=True, slots=True)
class Offered:
    """All that one plugin brings."""

    specialists: tuple[Loaded, ...] = ()
    doors: tuple[Door, ...] = ()


class Attempt:
    """One plugin on its way in. `doing` is where it is, for the sentence if it stays there."""

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate
        self.doing = "being imported"

    def run(self) -> Offered:
        """Go all the way; every error on it becomes a `Rejected`.

        Raises:
            Rejected: a step failed.
        """
        value = self._candidate.entry_point.value
        with self._step("being imported", Reason.IMPORT_FAILED, f"{value} could not be imported"):
            plugin, module = self._imported()
        with self._step("telling its version", Reason.WRONG_API_VERSION, "it has no API version"):
            self._check_version(plugin, module)
        with self._step("registering", Reason.HOOK_FAILED, "a hook of it failed"):
            found = offered(plugin, self._candidate.name)
        failure = "its specialists could not be looked at"
        with self._step("being looked at", Reason.BAD_SPECIALIST, failure):
            admitted_ones = admitted(found.get(SPECIALISTS, []))
            specialists = tuple(self._loaded(module, one) for one in admitted_ones)
        with self._step("being looked at", Reason.BAD_DOOR, "its doors could not be looked at"):
            return Offered(specialists, tuple(self._doors(module, found)))

    @contextmanager
    def _step(self, doing: str, reason: Reason, failure: str) -> Iterator[None]:
        self.doing = doing
        try:
            yield
        except Rejected:
            raise
        except BaseException as error:
            message = f"{failure}: {described(error)}"
            raise Rejected(reason, message, self._advice(error)) from error

    def _advice(self, error: BaseException) -> str:
        name = self._candidate.distribution
        if isinstance(error, ImportError) and (error.name or "").split(".")[0] == "frontdesk":
            return f"install a {name} that is made for API version {API_VERSION} of frontdesk"
        if isinstance(error, ModuleNotFoundError):
            return f"install {error.name or 'what is missing'}, or reinstall {name}"
        return f"update {name}, or uninstall it and tell its author"

    def _imported(self) -> tuple[object, ModuleType]:
        point = self._candidate.entry_point
        return point.load(), sys.modules[point.module]

    def _check_version(self, plugin: object, module: ModuleType) -> None:
        wanted = getattr(plugin, "frontdesk_api", getattr(module, "frontdesk_api", API_VERSION))
        if wanted != API_VERSION:
            name = self._candidate.distribution
            message = f"it is made for API version {wanted!r}, and this desk has {API_VERSION}"
            advice = f"install a version of {name} that states frontdesk_api = {API_VERSION}"
            raise Rejected(Reason.WRONG_API_VERSION, message, advice)

    def _doors(self, module: ModuleType, found: Mapping[str, list[object]]) -> Iterator[Door]:
        one = self._candidate
        for hook, kind in HOOKS.items():
            for each in found.get(hook, []):
                name = str(getattr(each, "name", ""))
                digest = fingerprint(module, None)
                plugin = PluginRef(name, one.distribution, one.version, digest)
                yield made(kind, each, plugin, one.name)

    def _loaded(self, module: ModuleType, specialist: Specialist) -> Loaded:
        one = self._candidate
        digest = fingerprint(module, specialist.knowledge)
        plugin = PluginRef(specialist.name, one.distribution, one.version, digest)
        return Loaded(specialist, plugin, one.name)
