"""What one specialist may do at work, and what it asks for.

The manifest is everything that needs the operator's word; its digest is what a grant is pinned to.
A specialist that changes what it asks for has another digest, and so no grant.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from frontdesk import Permissions, Specialist, ThreadScope
from frontdesk.permissions import Origin


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a specialist asks for; `changes` are the names of its tools that change something."""

    specialist: str
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    thread: str = ThreadScope.OWN
    handoff: bool = False

    @classmethod
    def of(cls, specialist: Specialist) -> Manifest:
        """The manifest of a specialist, always in the same order."""
        asked: Permissions = specialist.permissions
        return cls(
            specialist=specialist.name,
            hosts=tuple(sorted(set(asked.hosts))),
            secrets=tuple(sorted(set(asked.secrets))),
            changes=tuple(sorted(tool.name for tool in specialist.tools if tool.changes)),
            thread=asked.thread.value,
            handoff=asked.handoff,
        )

    @property
    def digest(self) -> str:
        """SHA-256, in hex."""
        content = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def needs_grant(self) -> bool:
        """Whether it asks for anything beyond answering its requester from its own articles."""
        is_more = self.hosts or self.secrets or self.changes or self.handoff
        return bool(is_more) or self.thread == ThreadScope.ALL


@dataclass(frozen=True, slots=True)
class Permit:
    """What a specialist may do. `changes` None means: every tool of its own."""

    hosts: frozenset[Origin] = frozenset()
    secrets: frozenset[str] = frozenset()
    changes: frozenset[str] | None = frozenset()
    thread: ThreadScope = ThreadScope.OWN
    handoff: bool = False

    @classmethod
    def granted(cls, manifest: Manifest) -> Permit:
        """All that the manifest asks for."""
        return cls(
            hosts=frozenset(map(Origin.of, manifest.hosts)),
            secrets=frozenset(manifest.secrets),
            changes=frozenset(manifest.changes),
            thread=ThreadScope(manifest.thread),
            handoff=manifest.handoff,
        )

    @classmethod
    def without_grant(cls, manifest: Manifest) -> Permit:
        """What nobody has to grant: the matter, and the thread as far as it is the requester's."""
        wanted = ThreadScope(manifest.thread)
        return cls(thread=ThreadScope.OWN if wanted is ThreadScope.ALL else wanted)


OF_THE_DESK = Permit(changes=None, thread=ThreadScope.ALL, handoff=True)
"""For what ships with the desk."""
