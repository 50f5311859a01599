"""Taking parts of the log away: what is in the files, who may, and what is on record."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from frontdesk.errors import StoreError
from router.records import OutcomeKind
from storage.export import verifier
from storage.export.proofs import check, prove
from storage.export.runs import ExportJob, Exports, Form
from storage.looking import operator
from storage.privacy.tables import ExportState
from storage.queries import Queries
from storage.search.filters import Filter
from storage.store import SqlStore
from tests.storage import desk
from tests.storage.privacy.test_erasure import SECRET, answered, erased

ANN, BOB = operator("ann"), operator("bob")


async def exported(
    store: SqlStore, path: Path, form: Form, wanted: Filter | None = None, texts: bool = False
) -> ExportJob:
    exports = Exports(store)
    name = await exports.ask(form, wanted or Filter(), ANN, with_texts=texts)
    if texts:
        await exports.approve(name, BOB)
    return await exports.run(name, path)


async def some_tickets(store: SqlStore) -> None:
    for number in range(3):
        await answered(store, f"d{number}", f"U{number}")
        await store.sequence()


async def test_jsonl_is_the_exact_bytes_and_its_chains_hold(
    store: SqlStore, tmp_path: Path
) -> None:
    await some_tickets(store)
    done = await exported(store, tmp_path / "e.jsonl", Form.JSONL)
    lines = (tmp_path / "e.jsonl").read_text().splitlines()
    assert (done.rows, done.state) == (len(lines), ExportState.DONE)
    found, _tickets, gaps = verifier.chains(lines)
    assert (len(found), gaps) == (len(lines), 0)
    assert SECRET not in "".join(lines)


async def test_changed_lost_or_swapped_line_breaks_the_chain(
    store: SqlStore, tmp_path: Path
) -> None:
    await some_tickets(store)
    await exported(store, tmp_path / "e.jsonl", Form.JSONL)
    lines = (tmp_path / "e.jsonl").read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if '"type":"route:decided"' in line)
    changed = [*lines[:at], lines[at].replace("9000", "9999"), *lines[at + 1 :]]
    with pytest.raises(verifier.Wrong, match="does not follow"):
        verifier.chains(changed)
    assert verifier.chains([*lines[:at], *lines[at + 1 :]])[2] == 1
    with pytest.raises(verifier.Wrong, match="same place"):
        verifier.chains([*lines, lines[at].replace('"id":"0', '"id":"1')])


async def test_csv_holds_the_search_columns_and_no_formula(store: SqlStore, tmp_path: Path) -> None:
    await some_tickets(store)
    done = await exported(store, tmp_path / "e.csv", Form.CSV, Filter(kind="route"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "e.csv").read_text())))
    assert len(rows) == done.rows == 3
    assert {row["specialist"] for row in rows} == {"billing"}
    assert all(not value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


async def test_name_that_begins_like_a_formula_is_only_a_name(
    store: SqlStore, tmp_path: Path
) -> None:
    receipt = await answered(store, "d1", "U1")
    await store.record(desk.ended(desk.outcome(receipt, OutcomeKind.QUIET), "=cmd()"))
    await exported(store, tmp_path / "e.csv", Form.CSV, Filter(specialist="=cmd()"))
    (row,) = csv.DictReader(io.StringIO((tmp_path / "e.csv").read_text()))
    assert row["specialist"] == "'=cmd()"


async def test_pack_proves_itself_and_no_changed_pack_does(store: SqlStore, tmp_path: Path) -> None:
    await some_tickets(store)
    path = tmp_path / "p.zip"
    await exported(store, path, Form.PACK, Filter(kind="route"))
    assert store.keys is not None
    files = unpacked(path)
    assert "3 entries" in verifier.check_pack(files.__getitem__, store.keys.vkey)
    assert files["report.pdf"].startswith(b"%PDF")
    assert json.loads(files["custody.json"])["taken_by"] == ANN
    for name in ("entries.jsonl", "proofs.jsonl", "dictionary.json", "verify.py"):
        spoilt = dict(files) | {name: files[name].replace(b"e", b"f", 1)}
        with pytest.raises(verifier.Wrong, match=name):
            verifier.check_pack(spoilt.__getitem__, store.keys.vkey)


async def test_pack_with_a_manifest_made_to_fit_is_still_found(
    store: SqlStore, tmp_path: Path
) -> None:
    await some_tickets(store)
    path = tmp_path / "p.zip"
    await exported(store, path, Form.PACK, Filter(kind="route"))
    assert store.keys is not None
    files = unpacked(path)
    files["entries.jsonl"] = files["entries.jsonl"].replace(b"9000", b"9999")
    manifest: dict[str, Any] = json.loads(files["manifest.json"])
    manifest["sha256"]["entries.jsonl"] = hashlib.sha256(files["entries.jsonl"]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
    with pytest.raises(verifier.Wrong, match="not in the log"):
        verifier.check_pack(files.__getitem__, store.keys.vkey)


async def test_pack_of_the_whole_log_needs_no_proofs_and_misses_nothing(
    store: SqlStore, tmp_path: Path
) -> None:
    await some_tickets(store)
    path = tmp_path / "p.zip"
    done = await exported(store, path, Form.PACK)
    assert store.keys is not None
    files = unpacked(path)
    assert files["proofs.jsonl"] == b""
    assert f"{done.rows} entries" in verifier.check_pack(files.__getitem__, store.keys.vkey)
    assert verifier.main([str(path)]) == 0
    lines = files["entries.jsonl"].splitlines(True)
    files["entries.jsonl"] = b"".join(lines[:-1])
    manifest = json.loads(files["manifest.json"])
    del manifest["sha256"]["entries.jsonl"]
    files["manifest.json"] = json.dumps(manifest).encode()
    with pytest.raises(verifier.Wrong, match="not all entries"):
        verifier.check_pack(files.__getitem__, store.keys.vkey)


async def test_texts_leave_with_a_second_approver_once_and_fit_their_commitments(
    store: SqlStore, tmp_path: Path
) -> None:
    await some_tickets(store)
    exports = Exports(store)
    name = await exports.ask(Form.JSONL, Filter(), ANN, with_texts=True)
    with pytest.raises(StoreError, match="somebody else"):
        await exports.run(name, tmp_path / "t.jsonl")
    with pytest.raises(StoreError, match="somebody else"):
        await exports.approve(name, ANN)
    await exports.approve(name, BOB)
    await exports.run(name, tmp_path / "t.jsonl")
    lines = (tmp_path / "t.jsonl").read_text().splitlines()
    assert SECRET in "".join(lines)
    verifier.chains(lines)
    with pytest.raises(verifier.Wrong, match="another one"):
        verifier.chains([line.replace(SECRET, "giraffe") for line in lines])
    with pytest.raises(StoreError, match="is done"):
        await exports.run(name, tmp_path / "again.jsonl")


async def test_erased_texts_are_in_no_later_export(store: SqlStore, tmp_path: Path) -> None:
    await answered(store, "d1", "U1")
    await erased(store, "slack:U1")
    await exported(store, tmp_path / "t.jsonl", Form.JSONL, texts=True)
    assert SECRET not in (tmp_path / "t.jsonl").read_text()


async def test_every_export_is_on_record_with_its_digest(store: SqlStore, tmp_path: Path) -> None:
    await some_tickets(store)
    done = await exported(store, tmp_path / "e.jsonl", Form.JSONL, Filter(kind="route"), texts=True)
    (row,) = await Queries(store).entries(kind="audit:exported")
    body = (await Queries(store).entry(row.id)).leaf["body"]
    assert (body["sha256"], body["count"], body["filter"]) == (done.sha256, 3, {"kind": "route"})
    assert (body["with_texts"], body["approved_by"], row.actor) == (True, BOB, ANN)


async def test_export_that_fails_leaves_no_file_and_says_why(
    store: SqlStore, tmp_path: Path
) -> None:
    await some_tickets(store)
    name = await Exports(store).ask(Form.JSONL, Filter(), ANN)
    with pytest.raises(OSError, match="no-such-folder"):
        await Exports(store).run(name, tmp_path / "no-such-folder" / "e.jsonl")
    (failed,) = await Exports(store).all()
    assert failed.state is ExportState.FAILED
    assert "no-such-folder" in failed.fault


async def test_old_export_is_found_by_its_name_when_it_is_listed_no_more(store: SqlStore) -> None:
    exports = Exports(store)
    names = [await exports.ask(Form.CSV, Filter(), ANN) for _ in range(3)]
    assert names[0] not in {one.id for one in await exports.all(limit=2)}
    found = await exports.one(names[0])
    assert found is not None
    assert found.id == names[0]
    assert await exports.one("X-NONE") is None


async def test_words_and_texts_are_refused_where_they_cannot_be(store: SqlStore) -> None:
    with pytest.raises(StoreError, match="no words"):
        await Exports(store).ask(Form.JSONL, Filter(words="zebra"), ANN)
    with pytest.raises(StoreError, match="no texts"):
        await Exports(store).ask(Form.CSV, Filter(), ANN, with_texts=True)


async def test_proof_of_one_entry_is_checked_without_the_desk(store: SqlStore) -> None:
    await some_tickets(store)
    (row,) = await Queries(store).entries(kind="route:decided", limit=1)
    proof = await prove(store, row.id)
    assert store.keys is not None
    proven = check(proof.text, store.keys.vkey)
    assert (proven.index, proven.size) == (row.log_index, proof.size)
    assert json.loads(proven.leaf)["id"] == row.id
    lines = proof.text.split("\n")
    for at, changed in ((2, "index 0"), (3, lines[4]), (-2, lines[-2][:-8] + "AAAAAAA=")):
        spoilt = [*lines]
        spoilt[at] = changed
        with pytest.raises(StoreError, match="proves nothing"):
            check("\n".join(spoilt), store.keys.vkey)


async def test_entry_that_waits_for_its_place_has_no_proof_yet(store: SqlStore) -> None:
    await answered(store, "d1", "U1")
    (row,) = await Queries(store).entries(kind="route:decided")
    with pytest.raises(StoreError, match="waits for its place"):
        await prove(store, row.id)


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
