"""Checkpoints that are kept elsewhere: every kind of place, and what verify makes of them."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import Connection, select

from bot.anchors.files import NoteFile
from bot.anchors.git import GitRepository
from bot.anchors.job import Anchoring
from bot.anchors.places import Place
from bot.anchors.stamps import TimeStamps, checked
from bot.anchors.witness import Witness
from bot.witness.judging import Judge
from bot.witness.site import witness_site
from bot.witness.state import Memory, cosigner
from storage.database import open_store
from storage.ledger import anchors
from storage.ledger.cosign import Verifier
from storage.ledger.tables import ANCHOR
from storage.ledger.verify import VerifyReport, verify
from storage.store import SqlStore
from tests.storage import desk


@dataclass(frozen=True, slots=True)
class Log:
    """A log, open, and where it is."""

    store: SqlStore
    file: Path

    async def grow(self, name: str) -> None:
        await desk.answer(self.store, await self.store.receive(desk.delivery(name)))
        await self.store.sequence()

    def verified(self, against: Path | None = None) -> VerifyReport:
        return verify(f"sqlite:///{self.file}", against=against)


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Log]:
    file = tmp_path / "desk.db"
    store = open_store(f"sqlite:///{file}")
    yield Log(store, file)
    await store.close()


async def _kept(log: Log, *places: Place) -> Anchoring:
    job = Anchoring(log.store, places)
    await job.tick()
    assert job.problems == {}
    return job


async def test_file_gets_every_new_checkpoint_and_the_log_agrees_with_it(
    log: Log, tmp_path: Path
) -> None:
    place = NoteFile(tmp_path / "elsewhere.txt")
    await log.grow("d1")
    await _kept(log, place)
    await log.grow("d2")
    await _kept(log, place)
    await log.store.sequence()
    report = log.verified(place.path)
    assert report.ok, report.findings
    assert place.path.read_text().count("— frontdesk.audit/") == 4
    standing = await log.store.read(anchors.standing)
    assert [(one.kind, one.name) for one in standing] == [("file", "elsewhere.txt")]


async def test_another_history_does_not_agree_with_what_was_kept(log: Log, tmp_path: Path) -> None:
    place = NoteFile(tmp_path / "elsewhere.txt")
    await log.grow("d1")
    await _kept(log, place)
    other = Log(open_store(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "more"), tmp_path)
    await other.grow("d1")
    await other.store.close()
    report = verify(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "more", against=place.path)
    assert {one.code for one in report.findings} == {"anchor-mismatch"}


async def test_log_that_was_cut_is_shorter_than_what_was_kept(
    log: Log, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An older copy of database and keys together: nothing within them shows it."""
    await log.grow("d1")
    older = tmp_path_factory.mktemp("older") / "copy"
    shutil.copytree(tmp_path, older)
    await log.grow("d2")
    place = NoteFile(tmp_path / "elsewhere.txt")
    await _kept(log, place)
    assert verify(f"sqlite:///{older / 'desk.db'}").ok
    report = verify(f"sqlite:///{older / 'desk.db'}", against=place.path)
    assert {one.code for one in report.findings} == {"truncated-below-anchor"}


async def test_repository_has_a_commit_for_each_checkpoint(log: Log, tmp_path: Path) -> None:
    place = GitRepository(tmp_path / "kept")
    await log.grow("d1")
    await _kept(log, place)
    told = _run(tmp_path / "kept", "git", "log", "--format=%s")
    assert told.splitlines() == ["Checkpoint at 9 entries"]
    assert log.verified(tmp_path / "kept" / "checkpoint").ok


async def test_place_that_fails_is_told_and_keeps_nothing_back(log: Log, tmp_path: Path) -> None:
    good, bad = NoteFile(tmp_path / "good.txt"), NoteFile(tmp_path / "none" / "bad.txt")
    await log.grow("d1")
    job = Anchoring(log.store, (bad, good))
    assert await job.tick() == 1
    assert list(job.problems) == ["file bad.txt"]
    assert (await log.store.read(anchors.standing))[0].name == "good.txt"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE audit_anchor SET receipt = x'00'", "anchor-drift"),
        ("UPDATE audit_anchor SET size = size - 1", "anchor-drift"),
        ("DELETE FROM audit_anchor", "anchor-drift"),
        ("UPDATE audit_anchor SET entry_id = 'x'", "anchor-drift"),
    ],
)
async def test_altered_anchor_is_found(log: Log, tmp_path: Path, change: str, code: str) -> None:
    await log.grow("d1")
    await _kept(log, NoteFile(tmp_path / "elsewhere.txt"))
    await log.store.sequence()
    assert log.verified().ok
    with closing(sqlite3.connect(log.file, isolation_level=None)) as connection:
        for act in ("update", "delete"):
            connection.execute(f"DROP TRIGGER audit_anchor_no_{act}")
        connection.execute(change)
    assert code in {one.code for one in log.verified().findings}


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return done.stdout.decode()


# A time stamp service ------------------------------------------------------------------------


@asynccontextmanager
async def _service(folder: Path) -> AsyncIterator[TimeStamps]:
    """OpenSSL's time stamp authority, behind HTTP."""
    (folder / "ts.cnf").write_text(
        "[tsa]\ndefault_tsa=one\n[one]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\n"
        "signer_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256,sha512\n"
        "ordering=yes\ness_cert_id_alg=sha256\n"
    )
    (folder / "serial").write_text("01\n")
    (folder / "ext.cnf").write_text(
        "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
    )
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    for command in (
        ["req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root"],
        ["req", *curve, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamps"],
        [
            *("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-out", "tsa.pem", "-extfile", "ext.cnf"),
        ],
    ):
        _run(folder, "openssl", *command)

    async def stamp(request: web.Request) -> web.Response:
        (folder / "query").write_bytes(await request.read())
        files = ("-config", "ts.cnf", "-queryfile", "query", "-out", "reply")
        _run(folder, "openssl", "ts", "-reply", *files)
        return web.Response(body=(folder / "reply").read_bytes())

    served = web.Application()
    served.router.add_post("/", stamp)
    async with TestServer(served) as server:
        yield TimeStamps(str(server.make_url("/")), (folder / "ca.pem").read_bytes())


async def test_checkpoint_is_stamped_by_a_service(log: Log, tmp_path: Path) -> None:
    await log.grow("d1")
    async with _service(tmp_path) as place:
        await _kept(log, place)
    ((receipt, at),) = await log.store.read(_receipts)
    assert at is not None
    signed = await log.store.read(anchors.newest)
    assert signed is not None
    with pytest.raises(ValueError, match="essage"):
        checked(place.roots, receipt, b"something else")


# A witness -----------------------------------------------------------------------------------


@asynccontextmanager
async def _witness(folder: Path, keys: list[Verifier]) -> AsyncIterator[Witness]:
    signer = cosigner(folder, "example.org/w1")
    memory = Memory(folder / "seen.db")
    judge = Judge(memory, signer, {key.name: [key] for key in keys})
    config = uvicorn.Config(witness_site(judge), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - that is all that uvicorn offers
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Witness(f"http://127.0.0.1:{port}", signer.verifiers)
    finally:
        server.should_exit = True
        await serving
        memory.close()


async def test_witness_signs_what_continues_the_last_checkpoint(log: Log, tmp_path: Path) -> None:
    assert log.store.keys is not None
    (tmp_path / "w").mkdir()
    async with _witness(tmp_path / "w", [Verifier.of(log.store.keys.vkey)]) as place:
        for name in ("d1", "d2", "d3"):
            await log.grow(name)
            await _kept(log, place)
        (tmp_path / "keys.txt").write_text("\n".join(key.vkey for key in place.keys))
        receipts = await log.store.read(_receipts)
    assert len(receipts) == 3
    assert receipts[-1][0].decode().count("— example.org/w1") == 2
    (tmp_path / "kept.txt").write_bytes(receipts[-1][0])
    await log.store.sequence()
    report = log.verified(tmp_path / "kept.txt")
    assert report.ok, report.findings


async def test_witness_that_lost_its_place_is_asked_again(log: Log, tmp_path: Path) -> None:
    """It knows less, or more, than the desk believes: its own answer says what."""
    assert log.store.keys is not None
    (tmp_path / "w").mkdir()
    async with _witness(tmp_path / "w", [Verifier.of(log.store.keys.vkey)]) as place:
        await log.grow("d1")
        await _kept(log, place)
        with closing(sqlite3.connect(tmp_path / "w" / "seen.db")) as connection:
            connection.execute("DELETE FROM seen")
            connection.commit()
        await log.grow("d2")
        await _kept(log, place)


async def test_witness_refuses_another_history(log: Log, tmp_path: Path) -> None:
    assert log.store.keys is not None
    (tmp_path / "w").mkdir()
    async with _witness(tmp_path / "w", [Verifier.of(log.store.keys.vkey)]) as place:
        await log.grow("d1")
        await _kept(log, place)
        with closing(sqlite3.connect(tmp_path / "w" / "seen.db")) as connection:
            connection.execute("UPDATE seen SET root = ?", (os.urandom(32),))
            connection.commit()
        await log.grow("d2")
        job = Anchoring(log.store, (place,))
        assert await job.tick() == 0
    assert "422" in next(iter(job.problems.values()))


async def test_witness_of_another_log_refuses(log: Log, tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    async with _witness(tmp_path / "w", []) as place:
        await log.grow("d1")
        job = Anchoring(log.store, (place,))
        assert await job.tick() == 0
    assert "404" in next(iter(job.problems.values()))


def _receipts(connection: Connection) -> list[tuple[bytes, int | None]]:
    query = select(ANCHOR.c.receipt, ANCHOR.c.external_us).order_by(ANCHOR.c.size)
    return [(row.receipt, row.external_us) for row in connection.execute(query)]
