"""How a specialist reaches services and secrets: only through here, only as it was granted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from frontdesk import HttpReply, NotGranted, Passage
from frontdesk.permissions import Origin
from router.answer.permit import Permit

GRANT = "the operator grants it with: frontdesk plugins grant"


class Outside(Protocol):
    """The world outside, for all specialists alike. It does not know who may what."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        json: Any,
    ) -> HttpReply:
        """Send one request; redirects are not followed.

        Raises:
            NotGranted: it leads to a private address, which no plugin may reach.
            HttpFailed: there was no answer, or one above the limits.
        """

    def secret(self, name: str) -> str | None:
        """A secret, or None if it is not set."""


class GrantedHttp:
    """A `frontdesk.Http` that refuses every origin that was not granted."""

    def __init__(self, specialist: str, permit: Permit, outside: Outside | None) -> None:
        self._specialist = specialist
        self._permit = permit
        self._outside = outside

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> HttpReply:
        """Send one request to a granted origin.

        Raises:
            NotGranted: the origin is not granted.
            HttpFailed: there was no answer, or one above the limits.
        """
        try:
            origin = Origin.of(url)
        except ValueError as error:
            raise NotGranted(f"{self._specialist}: {error}") from error
        if origin not in self._permit.hosts or self._outside is None:
            place = f"{origin.scheme}://{origin.host}:{origin.port}"
            raise NotGranted(
                f"{self._specialist} may not reach {place}: {GRANT} {self._specialist}"
            )
        return await self._outside.request(method, url, params=params, headers=headers, json=json)


def service_passage(
    specialist: str, permit: Permit, *, text: str, title: str, source: str, day: date
) -> Passage:
    """What a service said, as a passage; its name follows from what it says.

    Raises:
        NotGranted: `source` is not at a granted host.
    """
    try:
        is_granted = Origin.of(source) in permit.hosts
    except ValueError:
        is_granted = False
    if not is_granted:
        raise NotGranted(f"{specialist} may not cite {source}: {GRANT} {specialist}")
    digest = hashlib.sha256(f"{source}\0{text}".encode()).hexdigest()[:16]
    return Passage(f"{specialist}/service#{digest}", title, source, text, day, 1.0)


def granted_secret(specialist: str, permit: Permit, outside: Outside | None, name: str) -> str:
    """The secret `name`.

    Raises:
        NotGranted: it was not granted, or is not set.
    """
    if name not in permit.secrets or outside is None:
        raise NotGranted(f"{specialist} may not use the secret {name!r}: {GRANT} {specialist}")
    secret = outside.secret(name)
    if secret is None:
        raise NotGranted(f"the secret {name!r} of {specialist} is not set; see docs/plugins")
    return secret
