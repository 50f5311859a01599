"""Places in Slack: a thread, as the desk names it and as Slack does."""

from __future__ import annotations

from dataclasses import dataclass

from router.records import Conversation


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of a channel. `root` is the timestamp of its first message."""

    team: str
    channel: str
    root: str

    @classmethod
    def of(cls, conversation: Conversation) -> Thread:
        """The thread of a ticket."""
        return cls.named(conversation.workspace, conversation.conversation)

    @classmethod
    def named(cls, team: str, conversation: str) -> Thread:
        """The thread that a delivery names as its conversation."""
        channel, _, root = conversation.partition(":")
        return cls(team, channel, root)

    @property
    def conversation(self) -> str:
        """Its name in a delivery."""
        return f"{self.channel}:{self.root}"

    @property
    def direct(self) -> bool:
        """Whether it is in a direct message with the desk."""
        return self.channel.startswith("D")
