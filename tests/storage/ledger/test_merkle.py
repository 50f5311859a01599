from __future__ import annotations

import hashlib

import pytest

from storage.ledger import merkle, tiles

LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(70)]


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 9162, 2.1.4.1, word for word."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if old <= k:
        return [*naive_proof(old, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_proof(old - k, leaves[k:], False), naive_root(leaves[:k])]


def perfect(level: int, index: int) -> bytes:
    return tiles.fold(LEAVES[index << level : (index + 1) << level])


def test_hashes_keep_leaves_and_nodes_apart() -> None:
    assert merkle.leaf_hash(b"x") == hashlib.sha256(b"\0x").digest()
    assert merkle.node_hash(b"l", b"r") == hashlib.sha256(b"\1lr").digest()
    assert naive_root([]) == merkle.EMPTY_ROOT


@pytest.mark.parametrize("size", range(len(LEAVES) + 1))
def test_root_is_the_one_of_the_rfc(size: int) -> None:
    growing = merkle.Frontier()
    for leaf in LEAVES[:size]:
        growing.append(leaf)
    assert growing.size == size
    assert growing.root() == merkle.root(size, perfect) == naive_root(LEAVES[:size])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13, 32, 33, 70])
def test_every_inclusion_proof_is_the_one_of_the_rfc_and_holds(size: int) -> None:
    root = naive_root(LEAVES[:size])
    for index in range(size):
        proof = merkle.inclusion_proof(index, size, perfect)
        assert proof == naive_path(index, LEAVES[:size])
        assert merkle.verify_inclusion(LEAVES[index], index, size, proof, root)
        for changed in _mutants(proof):
            assert not merkle.verify_inclusion(LEAVES[index], index, size, changed, root)
        assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, proof, root)
        assert not merkle.verify_inclusion(LEAVES[index], size, size, proof, root)


@pytest.mark.parametrize("new", [1, 2, 3, 6, 8, 13, 32, 33, 47])
def test_every_consistency_proof_is_the_one_of_the_rfc_and_holds(new: int) -> None:
    root = naive_root(LEAVES[:new])
    for old in range(1, new + 1):
        old_root = naive_root(LEAVES[:old])
        proof = merkle.consistency_proof(old, new, perfect)
        assert proof == naive_proof(old, LEAVES[:new])
        assert merkle.verify_consistency(old, new, old_root, root, proof)
        for changed in _mutants(proof):
            assert not merkle.verify_consistency(old, new, old_root, root, changed)
        if old < new:
            assert not merkle.verify_consistency(old, new, root, root, proof)


def test_proofs_of_what_is_not_there_are_refused() -> None:
    for index, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(ValueError, match="no leaf"):
            merkle.inclusion_proof(index, size, perfect)
    for old, new in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="no proof"):
            merkle.consistency_proof(old, new, perfect)
    with pytest.raises(ValueError, match="one hash"):
        merkle.Frontier(3, LEAVES[:1])


def _mutants(proof: list[bytes]) -> list[list[bytes]]:
    changed = [[*proof[:at], bytes(32), *proof[at + 1 :]] for at in range(len(proof))]
    return [*changed, [*proof, bytes(32)], *([proof[:-1]] if proof else [])]
