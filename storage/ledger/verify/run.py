"""One verification, step by step, on one state of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, select

from frontdesk.errors import SettingsError, StoreError
from storage.database import HEAD, schema
from storage.ledger import keys as key_folder
from storage.ledger import merkle, tiles
from storage.ledger.keys import Keys
from storage.ledger.merkle import EMPTY_ROOT, Frontier
from storage.ledger.signer import Memory, remembered
from storage.ledger.tables import CHECKPOINT, LOG
from storage.ledger.verify.artifacts import ArtifactCheck
from storage.ledger.verify.checkpoints import CheckpointCheck
from storage.ledger.verify.entries import EntryCheck
from storage.ledger.verify.guarding import check_guards
from storage.ledger.verify.log import LogCheck
from storage.ledger.verify.memory import last_verified
from storage.ledger.verify.outside import Tree, check_anchors, check_kept, kept
from storage.ledger.verify.parallel import WORTH_IT, Work, exported, helpers
from storage.ledger.verify.report import Findings, VerifyReport
from storage.ledger.verify.rows import Span, look_up
from storage.ledger.verify.spans import Recent, log_size, recent, spans
from storage.ledger.verify.strays import StrayCheck, missing_tables
from storage.ledger.verify.succession import check_succession

_NO_KEYS = (
    "origin MACs, the ends of chains, text commitments and the signer's memory: the key folder has "
    "no keys for this log",
    "who signed the checkpoints: checked against the public key that the database itself names",
)
_EARLIER = (
    "the first {since} entries: they are taken as they were when the log was verified up to there; "
    "`--full` looks at them again"
)
ALL_BELOW = 20_000
"""Entries of a log that is always looked at as a whole: that takes a second or two."""

_UNRESOLVED = (
    "what {count} digests of settings and plugins stand for: nothing was put away for them when "
    "the desk started"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to verify; see `storage.ledger.verify.verify`."""

    url: URL
    folder: Path | None
    overdue_before_us: int | None = None
    since: int | None = 0
    against: Path | None = None
    lenient: bool = False


@dataclass(slots=True)
class _Run:
    """A verification on its way."""

    connection: Connection
    wanted: Wanted
    logs: Sequence[Any]
    vkey: str
    keys: Keys | None
    memory: Memory | None
    findings: Findings
    since: int = 0
    checked: int = 0
    checkpoints: CheckpointCheck | None = field(default=None)
    lost: list[str] = field(default_factory=list)

    @property
    def origins(self) -> tuple[str, ...]:
        """The name of this log, after those that it goes on for."""
        return tuple(log.origin for log in self.logs)

    def all(self) -> None:
        """Everything from `since` on."""
        start = self._start()
        if self.since:
            look_up(self.connection)
        new = recent(self.connection, self.since) if self.since else None
        size = log_size(self.connection)
        if new is None and size >= WORTH_IT:
            self._together(size, start)
        else:
            self._entries(new)
            self._log(start, new)

    def _start(self) -> Frontier:
        """The tree of what was verified before; nothing if it is not there any more."""
        known = self._known()
        if known is None:
            return Frontier()
        start = self._tree(known.size)
        if start is None or start.root() != known.root:
            says = f"the first {known.size} entries are not those that were verified before"
            self.findings.add("root-mismatch", says, log_index=known.size - 1)
            return Frontier()
        self.since = known.size
        return start

    def _tree(self, size: int) -> Frontier | None:
        try:
            return merkle.frontier(size, tiles.reader(self.connection))
        except IndexError:  # there are too few leaves, or tiles, for a tree of this size
            return None

    def _known(self) -> Memory | None:
        """The longest log that is taken as verified: one that is remembered, or has a checkpoint.

        Without a memory of what was verified nothing is taken for granted but by name.
        """
        if self.wanted.since == 0:
            return None
        last = last_verified(self.keys.folder) if self.keys else None
        if self.wanted.since is None:
            size = log_size(self.connection)
            return last if last and ALL_BELOW <= size >= last.size else None
        up_to = CHECKPOINT.c.size <= min(self.wanted.since, log_size(self.connection))
        query = select(CHECKPOINT.c.size, CHECKPOINT.c.root).where(up_to)
        row = self.connection.execute(query.order_by(CHECKPOINT.c.size.desc()).limit(1)).first()
        return Memory(row.size, row.root) if row is not None and row.size > 0 else None

    def _together(self, size: int, start: Frontier) -> None:
        folder = self.wanted.folder if self.keys else None
        url = self.wanted.url.render_as_string(hide_password=False)
        shared = exported(self.connection)
        work = Work(
            url, folder, self.origins, self.wanted.overdue_before_us, shared, self.wanted.lenient
        )
        with helpers(work) as others:
            others.check(list(spans(self.connection, size)))
            self._log(start, None)
            self.checked += others.add_to(self.findings)

    def _entries(self, new: Recent | None) -> None:
        check = EntryCheck(self.findings, self.origins, self.keys, self.wanted.overdue_before_us)
        check.run(self.connection, Span(heads=new.heads if new else None))
        self.checked += check.checked

    def _log(self, start: Frontier, new: Recent | None) -> None:
        held = None if self.wanted.against is None else kept(self.wanted.against)
        vkeys = {log.origin: log.vkey for log in self.logs} | {self.origins[-1]: self.vkey}
        self.checkpoints = CheckpointCheck(self.findings, self.connection, vkeys, start.size)
        roots = {note.checkpoint.size: b"" for note in held.notes} if held else {}
        log = LogCheck(self.findings, self.memory, start, roots)
        log.run(self.connection, self.checkpoints)
        tickets = sorted(new.heads) if new else None
        entry = new.entry if new else ""
        StrayCheck(self.findings, self.keys, tickets, entry).run(self.connection)
        artifacts = ArtifactCheck(self.findings)
        artifacts.run(self.connection)
        check_anchors(self.findings, self.connection)
        self.lost = check_succession(self.findings, self.connection, self.logs)
        if artifacts.unresolved:
            self.lost.append(_UNRESOLVED.format(count=artifacts.unresolved))
        if held is not None:
            tree = Tree(start.size, roots, tiles.reader(self.connection))
            earlier = [log.vkey for log in self.logs[:-1]]
            check_kept(self.findings, held, "\n".join([*earlier, self.vkey]), tree)
        check_guards(self.findings, self.connection)


def verified(connection: Connection, wanted: Wanted) -> VerifyReport:
    """Verify what a connection reads.

    Raises:
        SettingsError: the schema is another one.
    """
    findings = Findings()
    if (found := schema(connection)) != HEAD:
        raise SettingsError(f"the database has schema {found or 'none'}, this version needs {HEAD}")
    if missing := missing_tables(connection):
        for name in missing:
            findings.add("table-missing", f"the table {name} is gone")
        return _report(findings, ())
    logs = connection.execute(select(LOG).order_by(LOG.c.id)).all()
    if not logs or [log.id for log in logs] != list(range(1, len(logs) + 1)):
        findings.add("log-identity", "audit_log has lost a row, or its only one")
        return _report(findings, ("everything: the log has no name",))
    keys, memory = _keys(findings, wanted.folder, logs[-1].origin)
    if keys is not None and logs[-1].vkey != keys.vkey:
        findings.add("log-identity", "audit_log names another public key than the key folder")
    # What the signer remembers was read first: so it cannot be ahead of the state that is judged.
    connection.rollback()
    vkey = logs[-1].vkey if keys is None else keys.vkey
    run = _Run(connection, wanted, logs, vkey, keys, memory, findings)
    try:
        run.all()
    finally:
        if keys is not None:
            keys.subjects.close()
    return _report(findings, () if keys else _NO_KEYS, run)


def _keys(
    findings: Findings, folder: Path | None, origin: str
) -> tuple[Keys | None, Memory | None]:
    if folder is None:
        return None, None
    try:
        keys = key_folder.load(folder, origin, read_only=True)
        return keys, remembered(keys.folder) if keys else None
    except (SettingsError, StoreError) as error:
        findings.add("log-identity", str(error))
        return None, None


def _earlier(since: int) -> tuple[str, ...]:
    return (_EARLIER.format(since=since),) if since else ()


def _report(findings: Findings, skipped: tuple[str, ...], run: _Run | None = None) -> VerifyReport:
    last = run.checkpoints.last if run is not None and run.checkpoints else None
    since = run.since if run is not None else 0
    return VerifyReport(
        ok=findings.count == 0,
        checked=run.checked if run is not None else 0,
        findings=findings.sorted(),
        found=findings.count,
        skipped=(*skipped, *(run.lost if run else ()), *_earlier(since)),
        size=last.size if last is not None else 0,
        root=(last.root if last is not None else EMPTY_ROOT).hex(),
        since=since,
    )
