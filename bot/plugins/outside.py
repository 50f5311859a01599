"""The world outside for plugins: one HTTP client with limits, and the secrets of the environment.

It follows no redirect, keeps no cookie, uses no proxy of the environment, and reaches no private
address: a name that leads to one (also by a later answer of its DNS) is refused where the
connection is made. Services in the own network are named in FRONTDESK_PLUGIN_PRIVATE_HOSTS.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import socket
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.settings import SECRET
from frontdesk import HttpFailed, HttpReply, NotGranted
from frontdesk.permissions import Origin

SECONDS = 20.0
"""How long one request may take, from connecting to the last byte."""
MOST_BYTES = 1_000_000


class PrivateAddressError(OSError):
    """A name leads into a private network."""


class Outside:
    """Implements `router.answer.reach.Outside` on aiohttp. Made by `open_outside`."""

    def __init__(self, session: aiohttp.ClientSession, private_hosts: Collection[str]) -> None:
        self._session = session
        self._private_hosts = private_hosts

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        json: Any,
    ) -> HttpReply:
        """Send one request.

        Raises:
            NotGranted: it leads to a private address.
            HttpFailed: there was no answer, or one above the limits.
        """
        host = Origin.of(url).host
        if leads_inside(host, self._private_hosts):
            raise NotGranted(_refusal(host))
        call = self._session.request(
            method.upper(), url, params=params, headers=headers, json=json, allow_redirects=False
        )
        try:
            async with call as response:
                return HttpReply(response.status, await _text(response), dict(response.headers))
        except PrivateAddressError as error:
            raise NotGranted(_refusal(host)) from error
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, PrivateAddressError):
                raise NotGranted(_refusal(host)) from error
            raise HttpFailed(f"{host} cannot be reached") from error
        except TimeoutError as error:
            raise HttpFailed(f"{host} did not answer within {SECONDS:g} seconds") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise HttpFailed(f"{host} gave no usable answer: {type(error).__name__}") from error

    def secret(self, name: str) -> str | None:
        """The secret's value in the environment."""
        return os.environ.get(variable_of(name)) or None


def variable_of(secret: str) -> str:
    """The environment variable that holds a secret: its name in capitals, `-` as `_`."""
    return SECRET + re.sub(r"[^A-Z0-9]", "_", secret.upper())


@asynccontextmanager
async def open_outside(private_hosts: Collection[str] = ()) -> AsyncIterator[Outside]:
    """Open the client for as long as the context lasts; `private_hosts` may be private."""
    async with public_session(private_hosts) as session:
        yield Outside(session, private_hosts)


@asynccontextmanager
async def public_session(
    private_hosts: Collection[str] = (),
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that reaches public addresses only; addresses given as such: `leads_inside`."""
    connector = aiohttp.TCPConnector(resolver=_PublicOnly(private_hosts), ttl_dns_cache=0)
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    ) as session:
        yield session


def leads_inside(host: str, private_hosts: Collection[str]) -> bool:
    """Whether a host is written as an address in a private network that may not be reached."""
    return _is_private_literal(host) and host not in private_hosts


class _PublicOnly(AbstractResolver):
    """Resolves names, and drops every address that is not public."""

    def __init__(self, private_hosts: Collection[str]) -> None:
        self._private_hosts = private_hosts
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of `host`.

        Raises:
            PrivateAddressError: it has none but private ones.
        """
        found = await self._resolver.resolve(host, port, family)
        if host in self._private_hosts:
            return found
        public = [one for one in found if not _is_private(one["host"])]
        if not public:
            raise PrivateAddressError(f"{host} leads into a private network")
        return public

    async def close(self) -> None:
        """Close the resolver."""
        await self._resolver.close()


async def _text(response: aiohttp.ClientResponse) -> str:
    read = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        read += chunk
        if len(read) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES} bytes")
        await asyncio.sleep(0)
    return read.decode(response.charset or "utf-8", errors="replace")


def _refusal(host: str) -> str:
    advice = "the operator lets plugins reach it with FRONTDESK_PLUGIN_PRIVATE_HOSTS"
    return f"{host} is an address in a private network; {advice}"


def _is_private_literal(host: str) -> bool:
    try:
        return _is_private(host)
    except ValueError:
        return False


def _is_private(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return not (mapped or parsed).is_global
