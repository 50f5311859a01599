"""What each failure of the vendor becomes.

The SDK raises its own errors for what the server said, `ValueError`s for a body that is no JSON or
not of the type asked for, and lets errors of its transport through when a stream breaks. All of
them end here, in one table, and nothing else does: a fault of our own code is not the model's.
"""

from __future__ import annotations

import json
from http import HTTPStatus

import aiohttp
import anthropic
import httpx2
import pydantic

from router.model import Fault

VENDOR_ERRORS = (
    anthropic.AnthropicError,
    httpx2.HTTPError,
    aiohttp.ClientError,
    pydantic.ValidationError,
    json.JSONDecodeError,
    UnicodeDecodeError,
    TimeoutError,
)
"""Everything that a call to the vendor raises when it fails."""

RETRIED = {
    Fault.RATE_LIMITED,
    Fault.OVERLOADED,
    Fault.SERVER_ERROR,
    Fault.TIMEOUT,
    Fault.CONNECTION,
    Fault.MALFORMED,
    Fault.CUT_OFF,
}
"""Faults that another attempt may mend."""
OUTAGES = RETRIED - {Fault.CUT_OFF}
"""Faults that say something about the server and not about this request."""
FINAL = {Fault.BAD_REQUEST, Fault.BAD_KEY}
"""Faults that no other model would mend either."""

_OVERLOADED = 529
_BY_STATUS = {
    HTTPStatus.UNAUTHORIZED: Fault.BAD_KEY,
    HTTPStatus.PAYMENT_REQUIRED: Fault.BAD_KEY,
    HTTPStatus.FORBIDDEN: Fault.BAD_KEY,
    HTTPStatus.NOT_FOUND: Fault.UNKNOWN_MODEL,
    HTTPStatus.REQUEST_TIMEOUT: Fault.TIMEOUT,
    HTTPStatus.GATEWAY_TIMEOUT: Fault.TIMEOUT,
    HTTPStatus.CONFLICT: Fault.SERVER_ERROR,
    HTTPStatus.TOO_MANY_REQUESTS: Fault.RATE_LIMITED,
    _OVERLOADED: Fault.OVERLOADED,
}

# A stream that has begun has the status 200 whatever happens later; then only the type tells.
_BY_TYPE = {
    "overloaded_error": Fault.OVERLOADED,
    "rate_limit_error": Fault.RATE_LIMITED,
    "api_error": Fault.SERVER_ERROR,
    "timeout_error": Fault.TIMEOUT,
}


class Unusable(Exception):  # noqa: N818 - it names a state of an answer that did arrive
    """An answer arrived and cannot be used."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def fault_of(error: Exception) -> Fault:
    """The fault behind an error of the vendor's; see `VENDOR_ERRORS`."""
    match error:
        case Unusable():
            return error.fault
        case anthropic.APIStatusError():
            return _BY_TYPE.get(error.type or "") or _by_status(error.status_code)
        case anthropic.APITimeoutError() | TimeoutError() | httpx2.TimeoutException():
            return Fault.TIMEOUT
        case anthropic.APIConnectionError() | httpx2.HTTPError() | aiohttp.ClientError():
            return Fault.CONNECTION
        case _:
            return Fault.MALFORMED


def retry_after(error: Exception) -> float | None:
    """How many seconds the server asks to wait, if it does."""
    if not isinstance(error, anthropic.APIStatusError):
        return None
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) / unit)
        except (KeyError, ValueError):  # absent, or a date, which the API does not send
            continue
    return None


def _by_status(status: int) -> Fault:
    known = _BY_STATUS.get(status)
    if known is not None:
        return known
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Fault.SERVER_ERROR if server else Fault.BAD_REQUEST
