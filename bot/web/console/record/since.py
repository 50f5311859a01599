"""What became of something since: the version of it that is in force now.

Artifacts have no names, only digests and kinds. The version before or after one is the one of its
kind that is most like it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.web.console.record.why import InForce
from storage.overview.artifacts import Version, content, versions
from storage.overview.places import latest_start
from storage.store import SqlStore

ALIKE = 0.3
"""Share of lines in common from which one artifact counts as a version of another."""

MOST_COMPARED = 40


async def newer(store: SqlStore, things: Iterable[InForce], config: str) -> dict[str, str]:
    """By digest, what is in force now in the place of something that was then."""
    started = await latest_start(store)
    if started is None:
        return {}
    now = {config: started.config_digest}
    for one in things:
        if one.what == "plugin":
            now[one.digest] = started.plugins.get(one.specialist, one.digest)
        elif one.what in ("prompt", "known examples"):
            now[one.digest] = await _latest_like(store, one)
    return {before: after for before, after in now.items() if after and after != before}


async def before(store: SqlStore, others: Sequence[Version], digest: str) -> str:
    """The version before an artifact, among `others` of its kind, the latest first."""
    names = [one.digest for one in others]
    older = names[names.index(digest) + 1 :] if digest in names else []
    return await _most_like(store, digest, older)


async def _latest_like(store: SqlStore, one: InForce) -> str:
    kind = {"prompt": "prompt", "known examples": "examples"}[one.what]
    names = [version.digest for version in await versions(store, kind)]
    later = names[: names.index(one.digest)] if one.digest in names else []
    return await _most_like(store, one.digest, later) or one.digest


async def _most_like(store: SqlStore, digest: str, candidates: Sequence[str]) -> str:
    """The candidate with most lines in common; empty if none has enough. The first of equals."""
    mine = await _lines(store, digest)
    best, found = ALIKE, ""
    for other in candidates[:MOST_COMPARED]:
        theirs = await _lines(store, other)
        alike = len(mine & theirs) / max(len(mine | theirs), 1)
        if alike > best:
            best, found = alike, other
    return found


async def _lines(store: SqlStore, digest: str) -> set[str]:
    kept = await content(store, digest)
    text = kept[1].decode(errors="replace") if kept else ""
    return {line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()}
