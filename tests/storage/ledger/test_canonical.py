from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ledger import canonical

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner)
    ),
    max_leaves=10,
)


def test_bytes_are_these() -> None:
    value = {
        "b": [1, True, None, -5],
        "a": 'é €😀 "quoted" \\ / \x00\x1f\x7f\n',
        "B": {"z": "", "": 0},
    }
    assert canonical.encode(value) == (
        b'{"B":{"":0,"z":""},"a":"\xc3\xa9 \xe2\x82\xac\xf0\x9f\x98\x80 \\"quoted\\" \\\\ / '
        b'\\u0000\\u001f\x7f\\n","b":[1,true,null,-5]}'
    )


@given(VALUES)
def test_decoding_gives_back_what_was_encoded(value: Any) -> None:
    assert canonical.decode(canonical.encode(value).decode()) == value


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), 2**53, -(2**53), {"é": 1}, {1: 2}, {"a": [0.5]}, "\ud800", b"x", (1,)],
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical.encode(value)


@pytest.mark.parametrize(
    "text", ['{"b":1,"a":2}', '{"a": 1}', '{"a":1.0}', '"\\u00e9"', "[1,]", '{"a":1,"a":1}']
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical.decode(text)
