"""Checks what was exported from a Frontdesk audit log. It needs Python 3.9, nothing else.

    python verify.py PACK.zip [--vkey FILE]           an evidence pack, or the folder it is in
    python verify.py ENTRIES.jsonl                    the chains of the entries in a file
    python verify.py ENTRY.tlog-proof --vkey FILE     the proof of one entry

Take the key from whoever keeps it, not from the pack: what is signed with a key that came along
proves only that nothing was mixed up. Exit code 0: everything fits; 1: not. Hashes and proofs are
those of RFC 9162, signatures Ed25519, formats c2sp.org/tlog-checkpoint and c2sp.org/tlog-proof.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
BASE = bytes.fromhex("58" + "66" * 31)
Point = tuple[int, int, int, int]
Hashes = Iterable[bytes]

# fmt: off

class Wrong(Exception):  # noqa: N818 - what is checked is
    """Something does not fit."""

def add(a: Point, b: Point) -> Point:
    """Sum of two points of the curve, in extended coordinates."""
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)

def times(number: int, point: Point) -> Point:
    """A point, so many times."""
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result

def point_of(data: bytes) -> Point | None:
    """The point that 32 bytes stand for, or None."""
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)

def ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature fits (RFC 8032, 5.1.7)."""
    if (len(key), len(signature)) != (32, 64):
        return False
    base, public, first = point_of(BASE), point_of(key), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if base is None or public is None or first is None or s >= Q:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little")
    right = add(first, times(digest % Q, public))
    left = times(s, base)
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))

def leaf_hash(data: bytes) -> bytes:
    """Hash of an entry's exact bytes."""
    return hashlib.sha256(b"\x00" + data).digest()

def node(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()

def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over all leaves."""
    stack = []
    for number, leaf in enumerate(leaves, 1):
        stack.append(leaf)
        for _ in range((number & -number).bit_length() - 1):
            stack[-2:] = [node(*stack[-2:])]
    while len(stack) > 1:
        stack[-2:] = [node(*stack[-2:])]
    return stack[0] if stack else hashlib.sha256(b"").digest()

def folded(at: int, last: int, path: Hashes, hashes: list[bytes]) -> list[bytes] | None:
    """The roots that a path leads to: of the shorter log, if there is one, and of the longer."""
    for sibling in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            hashes = [node(sibling, one) for one in hashes]
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hashes = [*hashes[:-1], node(hashes[-1], sibling)]
        at, last = at >> 1, last >> 1
    return hashes if last == 0 else None

def included(leaf: bytes, index: int, size: int, path: Hashes, root: bytes) -> bool:
    """Whether an entry stands at its place in the log (RFC 9162, 2.1.3.2)."""
    return 0 <= index < size and folded(index, size - 1, path, [leaf]) == [root]

def consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> bool:
    """Whether a longer log only added to a shorter one (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not proof:
        return False
    path = proof if old & (old - 1) else [old_root, *proof]
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    return folded(at, last, path[1:], [path[0], path[0]]) == [old_root, new_root]

def opened(note: str, vkey: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint that was signed with this key."""
    name, key_id, encoded = vkey.strip().split("+", 2)
    key = base64.b64decode(encoded)
    if hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] != key_id or key[:1] != b"\x01":
        raise Wrong("the key is none, or not of this kind")
    text, _, signatures = note.rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    for line in signatures.splitlines():
        signer, _, given = line[2:].rpartition(" ")
        blob = base64.b64decode(given)
        ours = signer == name == origin and blob[:4].hex() == key_id
        if ours and ed25519(key[1:], (text + "\n").encode(), blob[4:]):
            return int(size), base64.b64decode(root)
    raise Wrong("the checkpoint is not signed with this key")

def chains(lines: Iterable[str]) -> tuple[dict[str, bytes], int, int]:
    """Check how the entries of each ticket follow each other; what was read, by entry."""
    tickets: dict[str, list[Any]] = {}
    entries, gaps = dict[str, bytes](), 0
    for number, line in enumerate(lines, 1):
        data = json.loads(line)
        leaf = data["leaf"] if isinstance(data.get("leaf"), str) else line.rstrip("\n")
        entry = json.loads(leaf)
        for text in data.get("texts", ()):
            committed(entry, text)
        entries[entry["id"]] = leaf_hash(leaf.encode("utf-8", "surrogateescape"))
        place = entry["tseq"], entry["prev"], entry["id"], entry["rec"], number
        tickets.setdefault(entry["ticket"], []).append(place)
    for places in tickets.values():
        before, head = (0, "", "", 0, 0), "0" * 64
        for place in sorted(places):
            if place[0] == before[0]:
                raise Wrong(f"lines {before[4]} and {place[4]} take the same place")
            gaps += place[0] != before[0] + 1
            if place[0] == before[0] + 1 and (place[1] != head or place[3] < before[3]):
                raise Wrong(f"line {place[4]} does not follow line {before[4]}")
            before, head = place, entries[place[2]].hex()
    return entries, len(tickets), gaps

def committed(entry: Any, text: Any) -> None:
    """A text must be the one that its entry committed to."""
    place = "\0".join((entry["id"], text["field"])).encode()
    message = b"audit/commit/v1\0" + place + b"\0" + text["text"].encode()
    made = hmac.new(bytes.fromhex(text["salt"]), message, "sha256").hexdigest()
    if made != entry["commit"].get(text["field"]):
        raise Wrong(f"the text {text['field']} of entry {entry['id']} is another one")

def check_proof(text: str, vkey: str) -> tuple[int, int, bytes]:
    """Check the proof of one entry; its index, the log's size, and the entry."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Wrong("this is no proof of c2sp.org/tlog-proof@v1")
    if [line[:6] for line in lines[:2]] != ["extra ", "index "]:
        raise Wrong("the proof has no entry, or no index")
    leaf, index = base64.b64decode(lines[0][6:]), int(lines[1][6:])
    size, root = opened(note, vkey)
    path = [base64.b64decode(line) for line in lines[2:]]
    if not included(leaf_hash(leaf), index, size, path, root):
        raise Wrong(f"the entry is not at place {index} of the log that was signed")
    return index, size, leaf

def check_pack(read: Callable[[str], bytes], vkey: str | None = None) -> str:
    """Check all of a pack; `read` gives a file of it by name. Says what was checked."""
    manifest = json.loads(read("manifest.json"))
    for name, digest in manifest["sha256"].items():
        if hashlib.sha256(read(name)).hexdigest() != digest:
            raise Wrong(f"{name} is not the file that the manifest names")
    notes = json.loads(read("checkpoints.json"))
    notes = [opened(note, vkey or read("log.vkey").decode()) for note in notes]
    sizes, (size, root) = dict(notes), max(notes)
    for line in read("consistency.jsonl").decode().splitlines():
        one = json.loads(line)
        path, old, new = map(bytes.fromhex, one["proof"]), one["old"], one["new"]
        if not consistent(old, new, sizes[old], sizes[new], list(path)):
            raise Wrong(f"the log of {new} entries does not begin with that of {old}")
    lines = read("entries.jsonl").decode("utf-8", "surrogateescape").split("\n")
    entries, tickets, gaps = chains(line for line in lines if line)
    proven = set()
    for line in read("proofs.jsonl").decode().splitlines():
        one = json.loads(line)
        path = map(bytes.fromhex, one["proof"])
        if not included(entries[one["entry"]], one["index"], size, path, root):
            raise Wrong(f"entry {one['entry']} is not in the log that was signed")
        proven.add(one["entry"])
    if manifest["whole"]:
        if gaps or len(entries) != size or root_of(entries.values()) != root:
            raise Wrong("these are not all entries of the log that was signed")
    elif proven != set(entries):
        raise Wrong(f"{len(set(entries) - proven)} entries have no proof")
    said = f"{len(entries)} entries of {tickets} tickets, log size {size}, root {root.hex()}"
    return said + ("" if vkey else "; signed with the key that came along, no other was given")

def main(arguments: list[str]) -> int:
    """Check what is named; 0 if it fits."""
    vkey = None
    if "--vkey" in arguments:
        at = arguments.index("--vkey")
        vkey = Path(arguments[at + 1]).read_text().strip()
        del arguments[at : at + 2]
    try:
        path = Path(arguments[0])
        if path.suffix == ".jsonl":
            with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
                found = chains(lines)
            said = f"{len(found[0])} entries of {found[1]} tickets, {found[2]} gaps"
        elif path.suffix == ".tlog-proof":
            index, size, leaf = check_proof(path.read_text(encoding="utf-8"), vkey or "++")
            said = f"place {index} of {size}: {leaf.decode()}"
        elif path.is_dir():
            said = check_pack(lambda name: (path / name).read_bytes(), vkey)
        else:
            with zipfile.ZipFile(path) as pack:
                said = check_pack(pack.read, vkey)
    except (Wrong, KeyError, ValueError, IndexError, OSError, zipfile.BadZipFile) as error:
        print(f"NOT PROVEN: {error or type(error).__name__}")
        return 1
    print(f"proven: {said}")
    return 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
