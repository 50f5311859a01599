"""The evidence pack: entries, their proofs, and all it takes to check them without this desk."""

from __future__ import annotations

import hashlib
import inspect
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from frontdesk.errors import StoreError
from storage.export import dictionary, rows, verifier
from storage.export.proofs import latest
from storage.ledger import merkle, tiles
from storage.ledger.keys import Keys
from storage.ledger.tables import CHECKPOINT
from storage.search.filters import Filter

CHECKPOINTS = 50
"""The latest checkpoints that go along, each proven to continue the one before."""

_FIXED = (1980, 1, 1, 0, 0, 0)
CHECKS = (
    "Unpack it anywhere and run `python verify.py PACK.zip --vkey FILE`, with the public key from "
    "whoever keeps it: not from this pack.",
    "It recomputes the hash of every entry, follows each ticket's chain, checks that every entry "
    "is in the signed log, and that later checkpoints only added to earlier ones.",
    "To be sure that the log itself was not made anew, compare the checkpoint with one that was "
    "kept elsewhere: by a witness, in a repository, on paper.",
    "`entries.jsonl` holds the exact bytes; `dictionary.md` says what every field means.",
)

Said = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Custody:
    """Who took the pack away, when, what was asked for, and by whose leave."""

    export: str
    by: str
    at: datetime
    filter: Mapping[str, str]
    approved_by: str = ""
    version: str = ""


@dataclass(slots=True)
class _Zip:
    """Writes files into the pack, and remembers their digests."""

    archive: zipfile.ZipFile
    digests: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, parts: Iterator[bytes] | list[bytes]) -> None:
        """Write one file, part by part."""
        digest = hashlib.sha256()
        info = zipfile.ZipInfo(name, date_time=_FIXED)
        info.compress_type = zipfile.ZIP_DEFLATED
        with self.archive.open(info, "w", force_zip64=True) as file:
            for part in parts:
                digest.update(part)
                file.write(part)
        self.digests[name] = digest.hexdigest()


def write_pack(
    connection: Connection,
    keys: Keys,
    path: Path,
    wanted: Filter,
    custody: Custody,
    *,
    with_texts: bool,
    said: Said,
) -> int:
    """Write a pack of all entries that fit and have a place in the log; give their number.

    Raises:
        StoreError: nothing has a place in the log yet.
    """
    last = latest(connection)
    if last is None:
        raise StoreError("the log has no checkpoint yet: a running desk makes one within a second")
    found = [place for place in rows.places(connection, wanted) if place[1] < last.size]
    whole = len(found) == last.size
    kinds: Counter[str] = Counter()
    with zipfile.ZipFile(path, "w") as archive:
        pack = _Zip(archive)
        lines = (
            rows.jsonl_with_texts(connection, keys, wanted)
            if with_texts
            else rows.jsonl(connection, wanted)
        )
        pack.add("entries.jsonl", _counted(lines, len(found), kinds, said))
        pack.add("proofs.jsonl", [] if whole else _proofs(connection, found, last.size))
        _checkpoints(pack, connection, keys)
        pack.add("dictionary.json", [_json(dictionary.content())])
        pack.add("dictionary.md", [dictionary.markdown().encode()])
        pack.add("verify.py", [inspect.getsource(verifier).encode()])
        pack.add("custody.json", [_json(_told(custody, len(found), last))])
        pack.add("report.pdf", [_report(custody, keys, last, len(found), whole=whole, kinds=kinds)])
        manifest = {"sha256": pack.digests, "whole": whole, "entries": len(found)}
        pack.add("manifest.json", [_json(manifest)])
    return len(found)


def _counted(
    lines: Generator[bytes], number: int, kinds: Counter[str], said: Said
) -> Iterator[bytes]:
    """As many lines as have a proof: what was sequenced since is not in the checkpoint."""
    with closing(lines):
        for count, line in zip(range(1, number + 1), lines, strict=False):
            content = json.loads(line)
            leaf = content.get("leaf")
            kinds[(json.loads(leaf) if isinstance(leaf, str) else content)["type"]] += 1
            yield line
            if count % 1000 == 0 or count == number:
                said(count)


def _proofs(connection: Connection, found: list[tuple[str, int]], size: int) -> Iterator[bytes]:
    perfect = tiles.reader(connection)
    for entry, index in found:
        path = [one.hex() for one in merkle.inclusion_proof(index, size, perfect)]
        yield json.dumps({"entry": entry, "index": index, "proof": path}).encode() + b"\n"


def _checkpoints(pack: _Zip, connection: Connection, keys: Keys) -> None:
    """The latest checkpoints, each with the proof that it continues the one before."""
    query = select(CHECKPOINT).order_by(CHECKPOINT.c.size.desc()).limit(CHECKPOINTS)
    known = sorted(connection.execute(query).all(), key=lambda row: row.size)
    perfect = tiles.reader(connection)
    proofs = [
        {
            "old": old.size,
            "new": new.size,
            "proof": [h.hex() for h in merkle.consistency_proof(old.size, new.size, perfect)],
        }
        for old, new in pairwise(known)
    ]
    pack.add("checkpoints.json", [_json([row.note for row in known])])
    pack.add("consistency.jsonl", [json.dumps(one).encode() + b"\n" for one in proofs])
    pack.add("log.vkey", [f"{keys.vkey}\n".encode()])


def _told(custody: Custody, entries: int, last: Any) -> dict[str, Any]:
    return {
        "export": custody.export,
        "taken_by": custody.by,
        "approved_by": custody.approved_by,
        "taken_at": custody.at.astimezone(UTC).isoformat(),
        "filter": dict(custody.filter),
        "entries": entries,
        "log_size": last.size,
        "frontdesk": custody.version,
        "on_record": "the entry audit:exported of this log names the SHA-256 of this pack",
    }


def _report(
    custody: Custody, keys: Keys, last: Any, entries: int, *, whole: bool, kinds: Counter[str]
) -> bytes:
    from storage.export.pdf import report_pdf  # noqa: PLC0415 - takes its time to import

    asked = ", ".join(f"{name} = {value}" for name, value in custody.filter.items())
    values = [
        ("Export", custody.export),
        ("Taken", f"{custody.at:%Y-%m-%d %H:%M:%S} UTC by {custody.by}"),
        ("Approved by", custody.approved_by or "not needed: it has no texts"),
        ("What was asked for", asked or "everything"),
        ("Entries", f"{entries:,}{' (the whole log)' if whole else ''}"),
        ("Log", keys.origin),
        ("Public key", keys.vkey),
        ("Checkpoint", f"{last.size:,} entries, root {last.root.hex()}"),
    ]
    counts = [(kind, f"{count:,}") for kind, count in sorted(kinds.items())]
    return report_pdf("Evidence from the audit log", values, counts, CHECKS)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
