"""What a plugin asks to be allowed, and how it reaches the world outside.

A specialist states its `Permissions`; the operator grants them, all or none, to exactly what is
stated: when the statement changes, the grant is void until somebody grants it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit

PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


class ThreadScope(StrEnum):
    """How much of a ticket's thread a specialist gets to see besides the matter itself.

    `own` is what the requester wrote and what the desk replied; `all` has staff and bystanders too.
    """

    NONE = "none"
    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a specialist asks to be allowed beyond answering from its own articles.

    `hosts` may be reached with `context.http`: `api.example.com` means HTTPS on its usual port,
    `api.example.com:8443` another port, `http://build.internal` plain HTTP. `secrets` are names
    for `context.secret`. `handoff`: it may hand matters to other specialists. `dollars`: what its
    calls of language models may cost for one ticket; without it, a tenth of a dollar. Tools that
    change something need no line here: they are asked for by being there.
    """

    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    thread: ThreadScope = ThreadScope.OWN
    handoff: bool = False
    dollars: float | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request goes: scheme, host, port."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Origin:
        """The origin of a URL, or of a host as in `Permissions.hosts`.

        Raises:
            ValueError: it is none, or hides a user name in it.
        """
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host, scheme = (parts.hostname or "").rstrip("."), parts.scheme
        if scheme not in PORTS or parts.username is not None or parts.password is not None:
            raise ValueError(f"{address!r} is no address of http or https")
        if not _HOST.fullmatch(host):
            raise ValueError(f"{address!r} names no host")
        return cls(scheme, host, parts.port or PORTS[scheme])


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What a service answered: any status, also 404; `text` is at most a megabyte."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The text as JSON.

        Raises:
            ValueError: it is none.
        """
        return json.loads(self.text)


class Http(Protocol):
    """Reaches the hosts that were granted, and no others. Redirects are not followed."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> HttpReply:
        """Send one request; pass `context.key` as its idempotency key where it changes something.

        Raises:
            NotGranted: the host is not among the granted ones.
            HttpFailed: there was no answer, or one above the limits of size and time.
        """


def wrong_host(entry: object) -> str:
    """Why this cannot stand in `Permissions.hosts`; empty if it can."""
    if not isinstance(entry, str):
        return f"{entry!r} is no text"
    try:
        Origin.of(entry)
    except ValueError as error:
        return str(error)
    bare = entry.split("://")[-1]
    return f"{entry!r} has more than a host and a port" if set(bare) & set("/?#") else ""
