"""The verifier that ships with packs, against definitions and libraries that it does not use."""

from __future__ import annotations

import inspect
import random
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.export import verifier
from storage.ledger import note
from tests.storage.export import rfc9162

LARGEST = 70


def entries(number: int) -> list[bytes]:
    return [f"entry {at}".encode() for at in range(number)]


def leaves(number: int) -> list[bytes]:
    return [verifier.leaf_hash(one) for one in entries(number)]


def test_it_is_one_short_file_that_needs_nothing_else() -> None:
    source = inspect.getsource(verifier)
    assert len(source.splitlines()) < 250
    words = (line.split() for line in source.splitlines())
    imported = {line[1].partition(".")[0] for line in words if line[:1] in (["import"], ["from"])}
    assert imported <= sys.stdlib_module_names


@pytest.mark.parametrize("size", range(LARGEST))
def test_roots_are_those_of_the_definition(size: int) -> None:
    assert verifier.root_of(leaves(size)) == rfc9162.tree_hash(entries(size))


@pytest.mark.parametrize("size", range(1, LARGEST, 3))
def test_inclusion_proofs_of_the_definition_fit_and_no_others(size: int) -> None:
    chance, root = random.Random(size), rfc9162.tree_hash(entries(size))
    for at, leaf in enumerate(leaves(size)):
        proof = rfc9162.path(at, entries(size))
        assert verifier.included(leaf, at, size, proof, root)
        assert not verifier.included(leaf, at + 1, size, proof, root) or size == 1 == at
        assert not verifier.included(leaf, at, size, [*proof, root], root)
        if proof:
            wrong = list(proof)
            wrong[chance.randrange(len(proof))] = bytes(32)
            assert not verifier.included(leaf, at, size, wrong, root)
            assert not verifier.included(leaf, at, size, proof[:-1], root)


@pytest.mark.parametrize("size", range(1, LARGEST, 5))
def test_consistency_proofs_of_the_definition_fit_and_no_others(size: int) -> None:
    new_root = rfc9162.tree_hash(entries(size))
    for old in range(1, size + 1):
        proof = rfc9162.consistency(old, entries(size))
        old_root = rfc9162.tree_hash(entries(old))
        assert verifier.consistent(old, size, old_root, new_root, proof)
        assert not verifier.consistent(old, size, bytes(32), new_root, proof)
        assert not verifier.consistent(old, size, old_root, new_root, [*proof, bytes(32)])
        if proof:
            assert not verifier.consistent(old, size, old_root, new_root, proof[:-1])


@settings(max_examples=15, deadline=None)
@given(message=st.binary(max_size=200), bit=st.integers(0, 511))
def test_signatures_are_judged_as_by_openssl(message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verifier.ed25519(public, message, signature)
    assert not verifier.ed25519(public, message + b"!", signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not verifier.ed25519(public, message, bytes(changed))


def test_malformed_signatures_are_refused() -> None:
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"m")
    too_big = (int.from_bytes(signature[32:], "little") + verifier.Q).to_bytes(32, "little")
    assert not verifier.ed25519(public, b"m", signature[:32] + too_big)
    assert not verifier.ed25519(b"\xff" * 32, b"m", signature)
    assert not verifier.ed25519(public[:31], b"m", signature)
    assert not verifier.ed25519(public, b"m", signature[:63])


def test_checkpoint_opens_with_its_key_alone() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    signed = note.sign(note.Checkpoint("log.example/a", 7, bytes(32)), key)
    assert verifier.opened(signed, note.vkey("log.example/a", key.public_key())) == (7, bytes(32))
    with pytest.raises(verifier.Wrong, match="not signed"):
        verifier.opened(signed, note.vkey("log.example/a", other.public_key()))
    with pytest.raises(verifier.Wrong, match="not signed"):
        changed = signed.replace("\n7\n", "\n8\n")
        verifier.opened(changed, note.vkey("log.example/a", key.public_key()))


def test_checkpoint_opens_among_signatures_of_witnesses() -> None:
    key, witness = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    signed = note.sign(note.Checkpoint("log.example/a", 7, bytes(32)), key)
    other = note.sign(note.Checkpoint("witness.example/w", 7, bytes(32)), witness)
    both = signed + other.rpartition("\n\n")[2]
    assert verifier.opened(both, note.vkey("log.example/a", key.public_key()))[0] == 7
