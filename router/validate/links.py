"""Links lead only where the desk wants people to go.

A link in a reply is trusted because the desk said it. So it must be https, to a host that a cited
source or the operator vouches for, must look like what it is, and must carry nothing away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from router.records import CheckResult, Objection
from router.validate.addresses import Address, addresses, host_of, images, is_domain, readable
from router.validate.check import result
from router.validate.draft import Draft
from router.validate.sentences import line_at

_MESSAGES = {
    "scheme": "has a link that is not https. Link to https pages only.",
    "host": "has a link to a host that is neither cited nor allowed. Leave it out.",
    "address": "has a link to a page that was not retrieved. Link to cited sources only.",
    "deceptive": "has a link that does not look like where it leads. Show its real address.",
    "query": "has a link that carries data in its query or fragment. Leave that part out.",
    "image": "embeds an image, which is fetched without a click. Leave it out.",
}


class Links:
    """Every link is https, to a known page, honest, and carries nothing away.

    `allowed_hosts` are the operator's own: any page there may be linked to. On the hosts of cited
    sources, only pages that were retrieved or stand in a cited text may.
    """

    id = "links"
    version = 1

    def __init__(self, allowed_hosts: Iterable[str] = ()) -> None:
        self.allowed_hosts = frozenset(host.lower() for host in allowed_hosts)

    def check(self, draft: Draft) -> CheckResult:
        """Object to each link that is not as it must be."""
        text = readable(draft.text)
        known = _Known.of(draft, self.allowed_hosts)
        faults = [("image", at) for at in images(text)]
        for address in addresses(text):
            faults += [(fault, address.position) for fault in known.faults(address)]
        return result(
            self,
            (
                Objection(f"link.{fault}", f"Line {line_at(text, at)} {_MESSAGES[fault]}")
                for fault, at in faults
            ),
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What may be linked to: any page of some hosts, and single pages."""

    hosts: frozenset[str]
    pages: frozenset[str]
    page_hosts: frozenset[str]

    @classmethod
    def of(cls, draft: Draft, allowed_hosts: frozenset[str]) -> _Known:
        cited = [c.source for c in draft.citations] + [p.source for p in draft.passages]
        quoted = addresses(readable("\n".join(c.quote for c in draft.citations)))
        targets = [source.strip() for source in cited] + [address.target for address in quoted]
        named = frozenset(host.lower() for host in draft.allowed_hosts)
        return cls(
            allowed_hosts | named,
            frozenset(_page(target) for target in targets),
            frozenset(host_of(target) for target in targets) - {""},
        )

    def faults(self, address: Address) -> Iterator[str]:
        """The names of all that is wrong with a link."""
        if _label_lies(address):
            yield "deceptive"
        if _page(address.target) in self.pages and not _runs(address.target):
            return
        yield from self._unknown(address)

    def _unknown(self, address: Address) -> Iterator[str]:
        parts = _split(address.target)
        if parts is None or parts.scheme.lower() != "https":
            yield "scheme"
        if _is_disguised(address.target):
            yield "deceptive"
        if address.host not in self.hosts:
            yield "address" if address.host in self.page_hosts else "host"
        if parts is None or parts.query or "=" in parts.fragment:
            yield "query"


def _page(target: str) -> str:
    """An address without what makes no difference: https, a last slash, the case of its host."""
    if "://" not in target:
        target = f"https://{target}"
    scheme, _, rest = target.partition("://")
    host, slash, path = rest.partition("/")
    page = f"{scheme.lower()}://{host.lower()}{slash}{path}"
    return page.partition("#")[0].rstrip("/") if "=" not in page.partition("#")[2] else page


def _split(target: str) -> _Parts | None:
    try:
        parts = urlsplit(target if ":" in target.split("/", maxsplit=1)[0] else f"https://{target}")
        return _Parts(parts.scheme, parts.query, parts.fragment)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    query: str
    fragment: str


def _runs(target: str) -> bool:
    """Whether a program would run it rather than go there; that no source can allow."""
    scheme = target.partition(":")[0].strip().lower()
    return scheme in {"javascript", "vbscript", "data", "blob", "file", "intent"}


def _is_disguised(target: str) -> bool:
    """Names before an @, other alphabets, encoded letters, backslashes: all hide the real host."""
    rest = target.partition("://")[2] or target
    authority = rest.replace("\\", "/").split("/")[0].split("?")[0].split("#")[0]
    host = host_of(target)
    return (
        "@" in authority
        or "%" in authority
        or "\\" in target
        or not host.isascii()
        or any(label.startswith("xn--") for label in host.split("."))
    )


def _label_lies(address: Address) -> bool:
    """Whether the reader sees the address of one host and gets to another."""
    shown = [host_of(found.target) for found in addresses(address.label)]
    shown += [word for word in address.label.lower().split() if is_domain(word)]
    return any(host.removeprefix("www.") != address.host.removeprefix("www.") for host in shown)
