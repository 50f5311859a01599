"""Finding what a reader could click: links in Markdown, Slack's markup and plain text.

Text is read as the last program in the row may read it: entities resolved, one width, one case for
hosts. Slack makes bare names such as example.com clickable too, so they count.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from router.validate.hidden import visible

_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\s?[(\[]")
_MARKDOWN = re.compile(
    r"\[(?P<label>[^\]\n]{0,300})\]\(\s{0,9}<?(?P<target>(?:[^\s<>()]|\([^\s<>()]{0,300}\))*)>?"
    r"(?:\s{1,9}[\"'(][^\n]{0,300}?)?\s{0,9}\)"
    r"|^[ \t]*\[(?P<ref>[^\]\n]{1,300})\]:\s*<?(?P<reftarget>[^\s>]+)",
    re.M,
)
_SLACK = re.compile(r"<(?P<target>[^\s<>|@#!][^<>|\n]*)(?:\|(?P<label>[^<>\n]*))?>")
_RAW = re.compile(
    r"(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{1,30}:/{1,}[^\s<>|\"'`)\]]+"
    r"|(?:javascript|vbscript|data|mailto|tel|sms|blob|file|intent|about):[^\s<>|\"`]+"
    r"|(?<!:)//[^\s/<>|\"'`)\]]+\.[^\s<>|\"'`)\]]+)",
    re.I,
)
_BARE = re.compile(
    r"(?<![\w@/.\\-])(?:[^\W_][\w-]{0,62}\.)+[^\W\d_][\w-]{1,62}\.?(?::\d+)?(?![\w@])"
    r"(?:[/?#][^\s<>|\"'`)\]]*)?"
)
_IDEOGRAPHIC_DOTS = str.maketrans({"\u3002": ".", "\uff61": ".", "\uff0e": "."})
_TRAILING = ".,;:!?*_~'\"\u2019\u201d"


@dataclass(frozen=True, slots=True)
class Address:
    """Something clickable at `position`: where it leads, and what the reader sees of it."""

    position: int
    target: str
    label: str = ""

    @property
    def host(self) -> str:
        """The host in lower case, empty if there is none that can be read."""
        return host_of(self.target)


def readable(text: str) -> str:
    """The text with entities resolved, hidden characters gone, and every width made one."""
    text = visible(html.unescape(visible(text))).translate(_IDEOGRAPHIC_DOTS)
    return unicodedata.normalize("NFKC", text)


def images(text: str) -> list[int]:
    """Where Markdown images begin: they are fetched without a click."""
    return [match.start() for match in _IMAGE.finditer(text)]


def addresses(text: str) -> list[Address]:
    """Everything clickable in a `readable` text, each place once."""
    found: list[Address] = []
    text = _take(_MARKDOWN, text, found)
    text = _take(_SLACK, text, found)
    text = _take(_RAW, text, found)
    bare = (match for match in _BARE.finditer(text) if is_domain(host_of(match.group())))
    found += [Address(match.start(), match.group().rstrip(_TRAILING)) for match in bare]
    return sorted(found, key=lambda address: address.position)


def _take(pattern: re.Pattern[str], text: str, found: list[Address]) -> str:
    """Add what `pattern` finds to `found`, and give the text with spaces in its place."""

    def blank(match: re.Match[str]) -> str:
        named = match.groupdict()
        target = named.get("target") or named.get("reftarget") or match.group()
        if "target" in named and not _leads_somewhere(target):
            return match.group()
        label = named.get("label") or ""
        found.append(Address(match.start(), target.rstrip(_TRAILING), label))
        return " " * len(match.group())

    return pattern.sub(blank, text)


def _leads_somewhere(target: str) -> bool:
    """Whether it is an address at all: `<name>` and `[x](y)` in plain prose are not."""
    return bool(_RAW.match(target)) or is_domain(host_of(target)) or target.startswith(("/", "\\"))


def host_of(target: str) -> str:
    """The host that `target` leads to, in lower case; empty if it cannot be read."""
    if "://" not in target and not target.startswith("//"):
        target = f"//{target}"
    try:
        return (urlsplit(target).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_domain(host: str) -> bool:
    """Whether `host` is a name under a suffix that exists, so that programs make it clickable."""
    name = host.lower()
    return "." in name and _suffixes().privatesuffix(name, accept_unknown=False) is not None


@lru_cache(1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
