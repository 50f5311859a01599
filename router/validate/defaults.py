"""The checks that every draft goes through."""

from __future__ import annotations

from dataclasses import dataclass

from router.ports import Encoder
from router.validate.check import Check
from router.validate.citations import Citations
from router.validate.form import Artefacts, Length
from router.validate.grounding import Grounding
from router.validate.hidden import HiddenCharacters
from router.validate.injection import InjectionEcho
from router.validate.links import Links
from router.validate.personal import PersonalData
from router.validate.pings import Pings
from router.validate.policies import Policies
from router.validate.promises import Promises
from router.validate.secrets import Secrets


@dataclass(frozen=True, slots=True)
class ValidationSettings:
    """What an operator may set.

    `allowed_hosts` may be linked to in every reply, `confidential` are texts that no reply may
    repeat: prompts and the instructions of specialists.
    """

    allowed_hosts: frozenset[str] = frozenset()
    confidential: tuple[str, ...] = ()


def default_checks(
    settings: ValidationSettings | None = None, encoder: Encoder | None = None
) -> tuple[Check, ...]:
    """All checks, the ones whose findings matter most first."""
    settings = settings or ValidationSettings()
    return (
        Secrets(),
        PersonalData(),
        InjectionEcho(settings.confidential),
        Pings(),
        Links(settings.allowed_hosts),
        HiddenCharacters(),
        Policies(),
        Promises(),
        Citations(),
        Grounding(encoder),
        Artefacts(),
        Length(),
    )
