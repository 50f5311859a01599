"""The door: HTTP requests and Socket Mode envelopes become one kind of request for Bolt.

HTTP requests are verified and parsed here, not by Bolt: it takes any form that contains the word
«payload» for an interaction, so a slash command with that word would get lost.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

log = logging.getLogger("frontdesk.slack.door")

OK, BAD_REQUEST, UNAUTHORIZED, NOT_FOUND = 200, 400, 401, 404
JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"
CARRIED = ("x-slack-retry-num", "x-slack-retry-reason")


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer over HTTP."""

    status: int
    body: str = ""
    content_type: str = PLAIN


@dataclass
class Seen:
    """When something last came in; health depends on it. `at` is monotonic, 0 for never."""

    at: float = 0.0
    count: int = field(default=0)

    def mark(self) -> None:
        """Something came in."""
        self.at = time.monotonic()
        self.count += 1


class Door:
    """Lets in what proves to come from Slack."""

    def __init__(self, bolt: AsyncApp, signing_secret: str = "") -> None:
        self._bolt = bolt
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None
        self.seen = Seen()

    async def http(self, raw: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer one HTTP request; `headers` by their names in lower case."""
        if not self._is_genuine(raw, headers):
            return Answer(UNAUTHORIZED, "not signed by Slack")
        body = parse(raw, headers.get("content-type", ""))
        if body is None:
            return Answer(BAD_REQUEST, "neither JSON nor a form")
        if body.get("type") == "url_verification":
            return Answer(OK, json.dumps({"challenge": body.get("challenge", "")}), JSON)
        if "ssl_check" in body:
            return Answer(OK)
        carried = {name: headers[name] for name in CARRIED if name in headers}
        response = await self.take(body, carried)
        kind = (response.headers.get("content-type") or [PLAIN])[0]
        return Answer(response.status, str(response.body or ""), kind)

    async def take(self, body: dict[str, Any], headers: Mapping[str, str]) -> BoltResponse:
        """Give a delivery to Bolt. What nobody listens for is acknowledged and ignored."""
        self.seen.mark()
        request = AsyncBoltRequest(mode="socket_mode", body=body, headers=dict(headers))
        response = await self._bolt.async_dispatch(request)
        if response.status == NOT_FOUND:
            log.info("nobody listens for %s", body.get("type") or body.get("command"))
            return BoltResponse(status=OK, body="")
        return response

    def _is_genuine(self, raw: bytes, headers: Mapping[str, str]) -> bool:
        timestamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if self._verifier is None or not timestamp.isascii() or not timestamp.isdigit():
            return False
        if not signature.isascii():
            return False
        return self._verifier.is_valid(body=raw, timestamp=timestamp, signature=signature)


def parse(raw: bytes, content_type: str) -> dict[str, Any] | None:
    """The body of a request: JSON, a form with JSON in `payload`, or a form; None if neither."""
    try:
        if content_type.startswith(JSON):
            return _object(raw.decode())
        form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        return _object(form["payload"]) if "payload" in form else form or None
    except ValueError:
        return None


def _object(text: str) -> dict[str, Any] | None:
    found = json.loads(text)
    return found if isinstance(found, dict) else None
