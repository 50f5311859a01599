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

UNASKED_MICROUSD = 100_000
"""What a specialist may spend on models for one ticket without asking: a tenth of a dollar."""
_ALWAYS = {"specialist", "hosts", "secrets", "changes", "thread", "handoff"}
"""What every manifest's digest is made of; the rest counts where it is asked for."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a specialist asks for; `changes` are the names of its tools that change something.

    A door of a plugin has a manifest too, under its own name; `door` is what it wants, in words.
    """

    specialist: str
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    thread: str = ThreadScope.OWN
    handoff: bool = False
    microusd: int = 0
    door: str = ""

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
            microusd=round((asked.dollars or 0) * 1_000_000),
        )

    @property
    def content(self) -> bytes:
        """It as JSON. What is not asked for is in it only if it always was."""
        asked = {name: value for name, value in asdict(self).items() if value or name in _ALWAYS}
        return json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of its content, in hex."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def needs_grant(self) -> bool:
        """Whether it asks for anything beyond answering its requester from its own articles."""
        is_more = self.hosts or self.secrets or self.changes or self.handoff
        more = is_more or self.microusd or self.door
        return bool(more) or self.thread == ThreadScope.ALL


@dataclass(frozen=True, slots=True)
class Permit:
    """What a specialist may do. `changes` None means: every tool of its own.

    `microusd` is what its calls of models may cost for one ticket; None: only the desk's limit.
    """

    hosts: frozenset[Origin] = frozenset()
    secrets: frozenset[str] = frozenset()
    changes: frozenset[str] | None = frozenset()
    thread: ThreadScope = ThreadScope.OWN
    handoff: bool = False
    microusd: int | None = UNASKED_MICROUSD

    @classmethod
    def granted(cls, manifest: Manifest) -> Permit:
        """All that the manifest asks for."""
        return cls(
            hosts=frozenset(map(Origin.of, manifest.hosts)),
            secrets=frozenset(manifest.secrets),
            changes=frozenset(manifest.changes),
            thread=ThreadScope(manifest.thread),
            handoff=manifest.handoff,
            microusd=manifest.microusd or UNASKED_MICROUSD,
        )

    @classmethod
    def without_grant(cls, manifest: Manifest) -> Permit:
        """What nobody has to grant: the matter, and the thread as far as it is the requester's."""
        wanted = ThreadScope(manifest.thread)
        return cls(thread=ThreadScope.OWN if wanted is ThreadScope.ALL else wanted)


OF_THE_DESK = Permit(changes=None, thread=ThreadScope.ALL, handoff=True, microusd=None)
"""For what ships with the desk."""
