"""Services that a test controls, in place of the web."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from frontdesk.errors import HttpFailed
from frontdesk.permissions import HttpReply

Web = Callable[[str, str], HttpReply] | Mapping[str, HttpReply]
"""What services answer: by URL without its query, or a function of method and URL."""


@dataclass(frozen=True, slots=True)
class Requested:
    """One request that a specialist made."""

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None


@dataclass(frozen=True, slots=True)
class FakeHttp:
    """A `frontdesk.Http` on `web`; requests are kept in `requested`, in order."""

    web: Web
    requested: list[Requested]

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> HttpReply:
        """What the test has set for `url`.

        Raises:
            HttpFailed: nothing is set for it: the service is down.
        """
        self.requested.append(Requested(method.upper(), url, params or {}, headers or {}, json))
        await asyncio.sleep(0)  # as for real, others get their turn meanwhile
        if callable(self.web):
            return self.web(method.upper(), url)
        plain = url.partition("?")[0]
        if plain not in self.web:
            raise HttpFailed(f"no service at {plain}; give FakeContext(web={{...}}) what it says")
        return self.web[plain]
