"""What a witness signs and what not, by the numbers of tlog-witness."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.witness.judging import Judge, Refused
from bot.witness.state import Memory, cosigner
from storage.ledger import cosign, merkle, note, tiles
from storage.ledger.cosign import Verifier

LOG = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
ORIGIN = "frontdesk.audit/00"
LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(20)]


def _perfect(level: int, index: int) -> bytes:
    return tiles.fold(LEAVES[index << level : (index + 1) << level])


def _note(size: int, root: bytes | None = None, key: Ed25519PrivateKey = LOG) -> str:
    return note.sign(note.Checkpoint(ORIGIN, size, root or merkle.root(size, _perfect)), key)


def _request(old: int, size: int, *, proof: list[bytes] | None = None, text: str = "") -> bytes:
    if proof is None:
        proof = merkle.consistency_proof(old, size, _perfect) if 0 < old < size else []
    lines = "".join(base64.b64encode(one).decode() + "\n" for one in proof)
    return f"old {old}\n{lines}\n{text or _note(size)}".encode()


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Judge]:
    memory = Memory(tmp_path / "seen.db")
    key = Verifier.of(note.vkey(ORIGIN, LOG.public_key()))
    yield Judge(memory, cosigner(tmp_path, "example.org/w1"), {ORIGIN: [key]})
    memory.close()


def _refusal(judge: Judge, body: bytes) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        judge.add(body)
    return refused.value.status, refused.value.says


def test_growing_log_is_signed_step_by_step(judge: Judge) -> None:
    old = 0
    for size in (1, 2, 7, 8, 20):
        lines = judge.add(_request(old, size))
        whole = cosign.opened(_note(size) + lines)
        assert all(key.signed(whole) for key in judge.cosigner.verifiers)
        old = size
    seen = judge.memory.seen(ORIGIN)
    assert seen is not None
    assert seen.size == 20
    assert cosign.opened(seen.note).checkpoint.size == 20
    assert judge.add(_request(20, 20))  # the same once more


def test_other_old_size_is_told_the_right_one(judge: Judge) -> None:
    judge.add(_request(0, 7))
    assert _refusal(judge, _request(0, 8)) == (409, "7\n")
    assert _refusal(judge, _request(6, 8)) == (409, "7\n")


@pytest.mark.parametrize("wrong", ["root", "proof", "same", "first"])
def test_what_does_not_continue_is_refused(judge: Judge, wrong: str) -> None:
    judge.add(_request(0, 7))
    forged = os.urandom(32)
    body = {
        "root": _request(7, 8, text=_note(8, forged)),
        "proof": _request(7, 8, proof=[forged]),
        "same": _request(7, 7, text=_note(7, forged)),
        "first": _request(7, 9, proof=[]),
    }[wrong]
    assert _refusal(judge, body)[0] == 422
    assert judge.add(_request(7, 8))  # nothing was remembered of it


def test_proof_from_nothing_must_be_empty(judge: Judge) -> None:
    assert _refusal(judge, _request(0, 7, proof=[bytes(32)]))[0] == 422


def test_empty_log_has_the_root_of_nothing(judge: Judge) -> None:
    assert _refusal(judge, _request(0, 0, text=_note(0, os.urandom(32))))[0] == 422
    assert judge.add(_request(0, 0, text=_note(0, merkle.EMPTY_ROOT)))


def test_strange_keys_are_refused(judge: Judge) -> None:
    stranger = Ed25519PrivateKey.generate()
    assert _refusal(judge, _request(0, 7, text=_note(7, key=stranger)))[0] == 403
    signed = _note(7)
    altered = signed.replace("\n7\n", "\n8\n")
    assert _refusal(judge, _request(0, 8, text=altered))[0] == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 00\n\nx",
        b"old -1\n\nx",
        b"\xff\n\n",
        _request(9, 7, proof=[]),
        b"old 0\n!!\n\n" + _note(7).encode(),
        b"old 0\n" + b"AAAA\n" * 64 + b"\n" + _note(7).encode(),
    ],
)
def test_what_is_no_request_is_refused(judge: Judge, body: bytes) -> None:
    assert _refusal(judge, body)[0] == 400


def test_keys_and_memory_outlast_a_restart(judge: Judge, tmp_path: Path) -> None:
    judge.add(_request(0, 7))
    again = Memory(tmp_path / "seen.db")
    seen = again.seen(ORIGIN)
    again.close()
    assert seen is not None
    assert seen.size == 7
    assert cosigner(tmp_path, "example.org/w1").verifiers == judge.cosigner.verifiers
    assert (tmp_path / "witness.key").stat().st_mode & 0o77 == 0
