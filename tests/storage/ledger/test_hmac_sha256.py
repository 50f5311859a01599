"""HMAC: the same as the standard library's, whatever the key and the message."""

import hmac

from hypothesis import example, given
from hypothesis import strategies as st

from storage.ledger import hmac_sha256


@given(key=st.binary(max_size=200), message=st.binary(max_size=300))
@example(key=b"", message=b"")
@example(key=b"k" * 64, message=b"exactly one block")
@example(key=b"k" * 65, message=b"one byte more than a block")
def test_hmac_is_that_of_the_standard_library(key: bytes, message: bytes) -> None:
    assert hmac_sha256.digest(key, message) == hmac.digest(key, message, "sha256")
