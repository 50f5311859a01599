"""The commands of privacy officers and auditors, typed at a desk of their own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import open_store
from storage.export import verifier
from tests.bot.cli.conftest import Run, Told
from tests.storage.privacy.test_erasure import SECRET, answered

Typed = Callable[..., Told]


@pytest.fixture
def typed(desk: Run, tmp_path: Path) -> Typed:
    """Type a command at a desk with three tickets from Slack."""
    url = f"sqlite:///{tmp_path / 'own.db'}"
    asyncio.run(_filled(url, tmp_path / "keys"))

    def run(*arguments: str) -> Told:
        return desk(
            "audit",
            *arguments,
            FRONTDESK_DATABASE_URL=url,
            FRONTDESK_KEYS=str(tmp_path / "keys"),
            FRONTDESK_KEY_BACKUP_DAYS="10",
        )

    return run


async def _filled(url: str, keys: Path) -> None:
    store = open_store(url, keys)
    for number in range(3):
        await answered(store, f"d{number}", f"U{number}", f"{SECRET} number{number}")
    await store.close()


def test_person_is_erased_by_two_and_the_log_verifies(typed: Typed, tmp_path: Path) -> None:
    dry = typed("erase", "--subject", "slack:U1", "--dry-run")
    assert (dry.code, "would go" in dry.stdout) == (0, True)
    asked = typed(
        "erase",
        "--subject",
        "slack:U1",
        "--basis",
        "gdpr-17-1-a",
        "--requested-by",
        "ann",
        "--json",
    )
    name = json.loads(asked.stdout)["erasure"]
    alone = typed("erase", "approve", name, "--by", "ann")
    assert (alone.code, "somebody else" in alone.stderr) == (3, True)
    pdf = tmp_path / "certificate.pdf"
    done = typed("erase", "approve", name, "--by", "bob", "--out", str(pdf))
    assert (done.code, "verifies clean" in done.stderr) == (0, True)
    assert pdf.read_bytes().startswith(b"%PDF")
    told = typed("erase", "certificate", name, "--json")
    assert json.loads(told.stdout)["approved_by"] == "operator:bob"
    assert "done" in typed("erase", "list").stdout
    assert typed("erase", "--subject", "slack:U1").code == 3
    assert typed("search", "number1").stdout == ""
    assert "message:received" in typed("search", "number2").stdout


def test_held_person_is_not_erased(typed: Typed) -> None:
    placed = typed("hold", "place", "--subject", "slack:U1", "--reason", "a dispute", "--by", "eve")
    hold = placed.stdout.split()[1].rstrip(".")
    asked = typed("erase", "--subject", "slack:U1", "--requested-by", "ann", "--json")
    name = json.loads(asked.stdout)["erasure"]
    assert (asked.code, hold in asked.stdout) == (1, True)
    assert typed("erase", "approve", name, "--by", "bob").code == 1
    assert "a dispute" in typed("hold", "list").stdout
    assert typed("hold", "release", hold, "--by", "ann").code == 0
    assert typed("hold", "release", hold, "--by", "ann").code == 3
    assert typed("hold", "release", hold, "--by", "bob").code == 0
    assert typed("erase", "approve", name, "--by", "bob").code == 0


def test_search_says_when_how_far_and_what_is_no_time(typed: Typed) -> None:
    found = typed("search", "number1", "--when", "today", "--kind", "message")
    assert found.stdout.count("message:received") == 1
    assert "Looked through 3 entries" in found.stderr
    assert "Nothing fits" in typed("search", "--when", "2001-01").stderr
    wrong = typed("search", "--when", "banana")
    assert (wrong.code, "last tuesday" in wrong.stderr) == (3, True)
    on_record = typed("search", "--kind", "audit:searched", "--json").stdout.splitlines()
    assert len(on_record) == 2
    assert all(json.loads(line)["actor"].startswith("operator:") for line in on_record)


def test_pack_is_checked_by_its_own_script(typed: Typed, tmp_path: Path) -> None:
    pack = tmp_path / "pack.zip"
    assert typed("export", "--format", "pack", "--kind", "route", "--out", str(pack)).code == 0
    folder = tmp_path / "unpacked"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(pack), str(folder)], check=True)
    vkey = next((tmp_path / "keys").glob("*/signer.vkey"))
    command = [sys.executable, "-I", "verify.py", str(pack), "--vkey", str(vkey)]
    checked = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (checked.returncode, "proven: 3 entries" in checked.stdout) == (0, True)


def test_texts_leave_only_with_a_second_approver(typed: Typed, tmp_path: Path) -> None:
    out = tmp_path / "texts.jsonl"
    asked = typed("export", "--with-texts", "--ticket", "T-none", "--by", "ann")
    assert (asked.code, "approve" in asked.stdout) == (0, True)
    asked = typed("export", "--with-texts", "--by", "ann")
    name = next(word for word in asked.stdout.split() if word.startswith("X-")).rstrip(".")
    assert typed("export", "run", name, "--out", str(out)).code == 3
    assert typed("export", "approve", name, "--by", "ann").code == 3
    assert typed("export", "approve", name, "--by", "bob").code == 0
    assert typed("export", "run", name, "--out", str(out)).code == 0
    assert SECRET in out.read_text()
    verifier.chains(out.read_text().splitlines())


def test_proof_is_made_and_checked(typed: Typed, tmp_path: Path) -> None:
    row = typed("search", "--kind", "route", "--limit", "1", "--json").stdout.splitlines()[0]
    proof = tmp_path / "one.tlog-proof"
    assert typed("prove", json.loads(row)["id"], "-o", str(proof)).code == 0
    assert typed("check-proof", str(proof)).code == 0
    proof.write_text(proof.read_text().replace("index ", "index 1"))
    spoilt = typed("check-proof", str(proof))
    assert (spoilt.code, "Not proven" in spoilt.stdout) == (1, True)


def test_retention_and_dictionary_and_index_are_told(typed: Typed, tmp_path: Path) -> None:
    assert "396 days" in typed("retention", "plan").stdout
    assert typed("retention", "apply").code == 0
    assert "says what the entries say" in typed("reindex", "--check").stdout
    assert "route:decided" in json.loads(typed("dictionary", "--json").stdout)["kinds"]
    given = tmp_path / "person.json"
    assert typed("subject", "export", "--subject", "slack:U2", "--out", str(given)).code == 0
    assert f"{SECRET} number2" in given.read_text()
    assert given.stat().st_mode & 0o077 == 0


def test_times_below_the_floor_are_refused(desk: Run) -> None:
    short = desk("audit", "retention", "plan", FRONTDESK_RETENTION="notices=30")
    assert (short.code, "184" in short.stderr) == (3, True)
    unknown = desk("audit", "retention", "plan", FRONTDESK_RETENTION="gossip=300")
    assert (unknown.code, "gossip" in unknown.stderr) == (3, True)
