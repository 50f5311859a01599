"""How far a specialist may go: off, shadow, draft or auto, by workspace and channel.

The rule that says most about the place wins: one for a channel over one for a workspace, one for a
specialist over one for all. Of two that say as much, the later one wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from frontdesk import Escalation, EscalationReason
from router.records import Conversation, Outcome, OutcomeKind

ALL = "*"


class Mode(StrEnum):
    """`shadow`: drafts are made, checked and on record, and nobody is shown them.

    `draft`: staff lets each reply out. `auto`: what the validator approves goes out.
    """

    OFF = "off"
    SHADOW = "shadow"
    DRAFT = "draft"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class ModeRule:
    """A mode for a specialist (`*` for all) in a workspace, or in one channel of it, or anywhere.

    An empty workspace or channel is any.
    """

    specialist: str
    mode: Mode
    workspace: str = ""
    channel: str = ""

    @classmethod
    def parse(cls, text: str) -> ModeRule:
        """A rule as `billing=auto`, `billing@T1=draft`, `*@T1/C2=shadow`.

        Raises:
            ValueError: it is none.
        """
        place, _, mode = (part.strip() for part in text.partition("="))
        who, _, where = place.partition("@")
        workspace, _, channel = where.partition("/")
        if not who or mode not in set(Mode):
            modes = ", ".join(Mode)
            raise ValueError(f"{text!r} is not like billing=auto or billing@T1/C2=draft ({modes})")
        return cls(who, Mode(mode), workspace, channel)

    def fits(self, specialist: str, workspace: str, channel: str) -> bool:
        """Whether it says something about this place."""
        return (
            self.specialist in (ALL, specialist)
            and self.workspace in ("", workspace)
            and self.channel in ("", channel)
        )

    @property
    def weight(self) -> tuple[bool, bool, bool]:
        """How much it says about the place."""
        return bool(self.channel), bool(self.workspace), self.specialist != ALL


class Modes:
    """The rules in force, which may be exchanged while the desk is at work.

    `first` are the modes of specialists that no rule is about; all others of them are on auto.
    `closed` are off everywhere, whatever the rules say.
    """

    def __init__(
        self, rules: Iterable[ModeRule] = (), first: Mapping[str, Mode] | None = None
    ) -> None:
        self.rules = tuple(rules)
        self.first = dict(first or {})
        self.closed: frozenset[str] = frozenset()

    def of(self, specialist: str, conversation: Conversation) -> Mode:
        """The mode of a specialist where this conversation is."""
        return self._at(specialist, conversation.workspace, conversation.channel)

    def anywhere(self, specialist: str) -> Mode:
        """The mode of a specialist where nothing is said about the place."""
        return self._at(specialist, "-", "-")

    def _at(self, specialist: str, workspace: str, channel: str) -> Mode:
        if specialist in self.closed:
            return Mode.OFF
        found = [rule for rule in self.rules if rule.fits(specialist, workspace, channel)]
        if not found:
            return self.first.get(specialist, Mode.AUTO)
        heaviest = max(rule.weight for rule in found)
        return [rule for rule in found if rule.weight == heaviest][-1].mode

    def holds(self, conversation: Conversation, outcome: Outcome) -> bool:
        """Whether this outcome has a reply that staff must let out first."""
        return any(
            part.kind is OutcomeKind.REPLIED
            and part.specialist is not None
            and self.of(part.specialist, conversation) is Mode.DRAFT
            for part in outcome.parts
        )


def switched_off(specialist: str) -> Escalation:
    """The end of a matter whose specialist is off where it was asked."""
    note = f"{specialist} is switched off here (mode off), so nobody answered."
    return Escalation(EscalationReason.POLICY, note)


def kept_in_shadow(specialist: str) -> Escalation:
    """The end of a matter whose specialist only drafts for the record."""
    note = f"{specialist} is in shadow here: its draft passed the checks and is on record only."
    return Escalation(EscalationReason.POLICY, note)
