"""Delivers over HTTP: signed requests to the app's request URL, as Slack sends them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.delivery import DeliveryKind, Outcome, Timing
from bot.sandbox.records import Json

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
HTTP_OK = 200


class HttpDelivery:
    """POSTs to `url`. The clock is that of the signature, so that a test can replay old ones."""

    def __init__(
        self,
        url: str,
        *,
        signing_secret: str,
        timing: Timing,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.url = url
        self._signing_secret = signing_secret
        self._timing = timing
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections to the app."""
        if self._session is not None:
            await self._session.close()

    async def send(
        self, kind: DeliveryKind, body: Json, *, retry_num: int = 0, retry_reason: str = ""
    ) -> Outcome:
        """Deliver once. A 200 within the time acknowledges; anything else has Slack's reason."""
        content_type, raw = encode(kind, body)
        headers = self.signed(raw) | {"Content-Type": content_type}
        if retry_num:
            headers["X-Slack-Retry-Num"] = str(retry_num)
            headers["X-Slack-Retry-Reason"] = retry_reason
        try:
            return await self._post(raw, headers)
        except TimeoutError:
            return Outcome(acknowledged=False, via="http", reason="http_timeout")
        except aiohttp.ClientError:
            return Outcome(acknowledged=False, via="http", reason="connection_failed")

    async def _post(self, raw: str, headers: dict[str, str]) -> Outcome:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._timing.ack)
            )
        async with self._session.post(
            self.url, data=raw.encode(), headers=headers, allow_redirects=False
        ) as response:
            text = await response.text()
            accepted = response.status == HTTP_OK
            return Outcome(
                acknowledged=accepted,
                via="http",
                status=response.status,
                reason="" if accepted else "http_error",
                payload=read_answer(text),
                wants_retry=response.headers.get("X-Slack-No-Retry") != "1",
            )

    def signed(self, raw: str) -> dict[str, str]:
        """Return the headers that prove `raw` comes from Slack."""
        timestamp = str(int(self._clock()))
        signature = SignatureVerifier(self._signing_secret).generate_signature(
            timestamp=timestamp, body=raw
        )
        return {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature or "",
        }


def encode(kind: DeliveryKind, body: Json) -> tuple[str, str]:
    """Return content type and text: events are JSON, the rest forms."""
    if kind == "events_api":
        return JSON_TYPE, json.dumps(body)
    if kind == "slash_commands":
        return FORM_TYPE, urlencode(body)
    return FORM_TYPE, urlencode({"payload": json.dumps(body)})


def read_answer(text: str) -> Json | None:
    """Return the app's answer; plain text answers a slash command just as well as JSON."""
    if not text.strip():
        return None
    try:
        answer: Any = json.loads(text)
    except ValueError:
        return {"text": text}
    return answer if isinstance(answer, dict) else None
