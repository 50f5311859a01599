from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.ledger import cosign, note
from storage.ledger.cosign import Cosigner, Verifier
from storage.ledger.note import Checkpoint, NoteError

LOG = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
WITNESS = Cosigner("example.org/w1", Ed25519PrivateKey.from_private_bytes(b"w" * 32), b"q" * 32)
CHECKPOINT = Checkpoint("frontdesk.audit/00", 7, b"r" * 32)
AT = 1_700_000_000


def _cosigned() -> str:
    plain = note.sign(CHECKPOINT, LOG)
    return plain + "".join(one.line for one in WITNESS.sign(cosign.opened(plain), AT))


def test_published_example_of_a_key_is_read() -> None:
    """From C2SP's signed-note."""
    text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    key = Verifier.of(text)
    assert (key.name, key.kind, key.vkey) == ("example.com/foo", cosign.SIGNED, text)


def test_log_and_witness_signatures_are_told_apart() -> None:
    opened = cosign.opened(_cosigned())
    own = Verifier.of(note.vkey(CHECKPOINT.origin, LOG.public_key()))
    assert own.signed(opened) == 0
    assert [key.signed(opened) for key in WITNESS.verifiers] == [AT, AT]
    assert opened.checkpoint == CHECKPOINT
    assert [len(one.line.encode()) for one in opened.signatures][2] > 3200


def test_what_an_ed25519_witness_signs_is_what_the_format_says() -> None:
    opened = cosign.opened(_cosigned())
    data = opened.signatures[1].data
    message = f"cosignature/v1\ntime {AT}\n{CHECKPOINT.text}".encode()
    WITNESS.key.public_key().verify(data[8:], message)


def test_unknown_signatures_are_left_alone() -> None:
    stranger = Cosigner("example.org/w2", Ed25519PrivateKey.generate())
    assert stranger.verifiers[0].signed(cosign.opened(_cosigned())) is None


@pytest.mark.parametrize("line", [0, 1, 2])
def test_altered_signature_is_refused(line: int) -> None:
    opened = cosign.opened(_cosigned())
    keys = (Verifier.of(note.vkey(CHECKPOINT.origin, LOG.public_key())), *WITNESS.verifiers)
    one = opened.signatures[line]
    forged = cosign.Signature(one.name, one.key_id, one.data[:-1] + bytes([one.data[-1] ^ 1]))
    altered = cosign.Note(opened.text, opened.checkpoint, (forged,))
    with pytest.raises(NoteError, match="does not fit"):
        keys[line].signed(altered)


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\nb\n", f"{CHECKPOINT.text}\n", f"{CHECKPOINT.text}\n- x AAAA\n", "x+00000000+AQ=="],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        cosign.opened(text)


@pytest.mark.parametrize("text", ["x", "x+y+z", "x+00000000+AQ==", "x+00000000+BwAA"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Verifier.of(text)


def test_checkpoint_with_other_spellings_is_refused() -> None:
    other = CHECKPOINT.text.replace("\n7\n", "\n07\n")
    with pytest.raises(NoteError):
        cosign.opened(f"{other}\n— x {'A' * 100}\n")


def test_keys_differ_by_name_and_kind() -> None:
    seed = os.urandom(32)
    ids = {cosign.pq_verifier(name, seed).key_id for name in ("a", "b")}
    assert len(ids | {key.key_id for key in WITNESS.verifiers}) == 4
