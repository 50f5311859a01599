"""What the desk says, made safe for Slack: no markup from a model is live, no link is unknown.

Slack reads `<!channel>`, `<@U1>` and `<url|label>` wherever `<` and `>` stand, in Markdown too, so
both are always entities. Links are then the only thing that can do something, and of them only
those stay whose host is known. The validator has judged them before; this is the second lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from router.validate.addresses import addresses, host_of
from router.validate.hidden import visible

REMOVED = "(link removed)"

_MARKDOWN_LINK = re.compile(r"!?\[(?P<label>[^\]\n]*)\]\(\s*<?(?P<url>[^\s()<>]+)>?[^)\n]*\)")
_REFERENCE = re.compile(r"^[ \t]*\[[^\]\n]+\]:[^\n]*$", re.M)


def escaped(text: str) -> str:
    """Text in which nothing is markup to Slack but Markdown's own marks.

    Entities that a model wrote are escaped too: what it said is shown as it said it.
    """
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def markdown(text: str, hosts: Iterable[str]) -> str:
    """A model's Markdown, escaped, with links to `hosts` alone; quotes (`> `) stay quotes."""
    known = frozenset(host.lower() for host in hosts)
    text = _REFERENCE.sub("", visible(text))
    text = _MARKDOWN_LINK.sub(lambda match: _link(match, known), text)
    text = _without_unknown(text, known)
    return re.sub(r"^&gt; ", "> ", escaped(text), flags=re.M)


def label(text: str) -> str:
    """Text for the label of one of our own links, where `|` would end the address."""
    return escaped(" ".join(text.split())).replace("|", "/")


def source_link(title: str, source: str, hosts: Iterable[str]) -> str:
    """A cited source in Slack's own markup: a link where it is an https page of a known host."""
    known = host_of(source) in {host.lower() for host in hosts}
    if source.startswith("https://") and known and not re.search(r"[\s<>|]", source):
        return f"<{source.replace('&', '&amp;')}|{label(title)}>"
    return label(title)


def _link(match: re.Match[str], known: frozenset[str]) -> str:
    url, shown = match["url"], match["label"]
    if not _may_stay(url, known):
        return shown if not addresses(shown) else REMOVED
    return url if addresses(shown) else f"[{shown}]({url})"


def _without_unknown(text: str, known: frozenset[str]) -> str:
    """Replace every address to somewhere else, from the last to the first."""
    for found in reversed(addresses(text)):
        if not _may_stay(found.target, known):
            end = text.find(found.target, found.position)
            if end >= 0:
                text = text[:end] + REMOVED + text[end + len(found.target) :]
    return text


def _may_stay(url: str, known: frozenset[str]) -> bool:
    scheme, separator, _ = url.partition("://")
    return host_of(url) in known and (not separator or scheme.lower() == "https")
