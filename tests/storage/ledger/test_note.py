from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.ledger import note

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
CHECKPOINT = note.Checkpoint("example.com/log", 7, b"r" * 32)
VKEY = note.vkey("example.com/log", KEY.public_key())


def test_note_is_text_blank_line_and_signature() -> None:
    signed = note.sign(CHECKPOINT, KEY)
    text, signature = signed.split("\n\n")
    assert text == "example.com/log\n7\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI="
    assert signature.startswith("— example.com/log ")
    assert note.opened(signed, VKEY) == CHECKPOINT


def test_every_changed_character_is_refused() -> None:
    signed = note.sign(CHECKPOINT, KEY)
    blank = signed.index("\n\n")
    for at in range(len(signed)):
        changed = signed[:at] + ("B" if signed[at] != "B" else "C") + signed[at + 1 :]
        if at < blank or at < len(signed) - 5:  # the last digits have bits that mean nothing
            with pytest.raises(note.NoteError):
                note.opened(changed, VKEY)


def test_another_key_or_name_is_refused() -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    for vkey in (
        note.vkey("example.com/log", other.public_key()),
        note.vkey("example.com/other", KEY.public_key()),
        "nonsense",
    ):
        with pytest.raises(note.NoteError):
            note.opened(note.sign(CHECKPOINT, KEY), vkey)
