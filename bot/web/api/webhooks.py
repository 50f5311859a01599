"""Signed webhooks: helpdesks and forms bring tickets, each repeat of a delivery only once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from bot.app import App
from bot.doors import signing
from bot.settings.doors import WebhookSettings
from bot.web.api.access import Gate
from bot.web.api.models import MOST_NAME, MOST_TEXT, Receipt
from bot.web.api.problems import Refused, responses
from bot.web.characters import WHY, is_text
from storage.doors.intake import Came, DoorIntake
from storage.doors.places import LOCAL, WEBHOOK

NOT_FOUND, UNPROCESSABLE = 404, 422
CREATED = 201
SECONDS_DIGITS = 11
"""Numbers with more digits than this are milliseconds."""

BODY = {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}


def add_webhooks(api: APIRouter, app: App, gate: Gate) -> None:
    """Add the route of webhooks."""
    intake = DoorIntake(app.store)

    @api.post(
        "/webhooks/{name}",
        status_code=CREATED,
        responses=responses(401, 404, 409, 413, 422, 429, 503),
        tags=["webhooks"],
        openapi_extra=BODY,
    )
    async def deliver(
        name: Annotated[str, Path(max_length=MOST_NAME)], request: Request
    ) -> Receipt:
        """Take what a helpdesk or a form sends: any JSON, signed as its setting says."""
        hook = app.settings.webhooks.get(name)
        if hook is None:
            raise Refused(NOT_FOUND, "There is no such webhook: name it in FRONTDESK_WEBHOOKS.")
        body = await request.body()
        headers = {key.lower(): value for key, value in request.headers.items()}
        if not is_signed(hook, headers, body, time.time()):
            await gate.deny(request, "signature")
        gate.count(f"{WEBHOOK}:{name}")
        taken = await intake.take(came(name, hook, headers, body))
        url = f"/api/tickets/{taken.ticket}"
        return Receipt(ticket=taken.ticket, message=taken.message, url=url)


def is_signed(hook: WebhookSettings, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether a delivery proves that it comes from who knows the secret, now."""
    secret = hook.secret.get_secret_value()
    if hook.scheme == "standard":
        stamp = headers.get(signing.TIMESTAMP, "")
        name, given = headers.get(signing.ID, ""), headers.get(signing.SIGNATURE, "")
        if not _is_fresh(stamp, now) or not name:
            return False
        return signing.is_genuine(secret, given, name, int(stamp), body)
    if hook.timestamp_header and not _is_near(_moment(_stamp(hook, headers)), now):
        return False
    made = hmac.digest(secret.encode(), _signed(hook, headers, body), hashlib.sha256)
    right = made.hex() if hook.encoding == "hex" else base64.b64encode(made).decode()
    given = headers.get(hook.header.lower(), "")
    return hmac.compare_digest(given.encode(), (hook.prefix + right).encode())


def _is_fresh(stamp: str, now: float) -> bool:
    return _is_number(stamp) and _is_near(int(stamp), now)


def _is_near(moment: float | None, now: float) -> bool:
    return moment is not None and abs(moment - now) <= signing.TOLERANCE


def _is_number(stamp: str) -> bool:
    return stamp.isascii() and stamp.isdigit() and len(stamp) < 20  # noqa: PLR2004 - seconds


def _moment(stamp: str) -> float | None:
    """When a delivery was sent: seconds or milliseconds since 1970, or ISO 8601 with its zone."""
    if _is_number(stamp):
        return int(stamp) / (1000 if len(stamp) > SECONDS_DIGITS else 1)
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo is not None else None


def _stamp(hook: WebhookSettings, headers: Mapping[str, str]) -> str:
    """What is signed before the body; nothing where the service signs the body alone."""
    return headers.get(hook.timestamp_header.lower(), "") if hook.timestamp_header else ""


def _signed(hook: WebhookSettings, headers: Mapping[str, str], body: bytes) -> bytes:
    return _stamp(hook, headers).encode() + body


def came(name: str, hook: WebhookSettings, headers: Mapping[str, str], body: bytes) -> Came:
    """A delivery as a ticket.

    Raises:
        Refused: it is no JSON object, or has no text where the setting says.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(UNPROCESSABLE, "The body is no JSON.") from None
    if not isinstance(content, dict):
        raise Refused(UNPROCESSABLE, "The body is no JSON object.")
    text = "\n\n".join(part for path in hook.text if (part := at(content, path)).strip())
    if not text:
        fields = ", ".join(hook.text)
        raise Refused(UNPROCESSABLE, f"There is no text in it: it is looked for in {fields}.")
    if len(text) > MOST_TEXT:
        raise Refused(UNPROCESSABLE, f"The text has more than {MOST_TEXT:,} characters.")
    names = {path: at(content, path) for path in (hook.requester, hook.reference, hook.delivery)}
    for path, value in {"the text": text, **names}.items():
        if not is_text(value):
            raise Refused(UNPROCESSABLE, f"What stands at {path} {WHY}")
    return Came(
        source=WEBHOOK,
        owner=name,
        text=text,
        requester=names[hook.requester],
        reference=names[hook.reference],
        key=_delivery(hook, headers, content) or _digest(_signed(hook, headers, body)),
        body=_digest(body),
        workspace=hook.workspace or LOCAL,
        channel=name,
        token=f"{WEBHOOK}:{name}",
        callback=hook.callback,
    )


def _delivery(hook: WebhookSettings, headers: Mapping[str, str], content: Mapping[str, Any]) -> str:
    """What tells a repeat: only what is signed, or whoever saw a delivery could send it anew."""
    return headers[signing.ID] if hook.scheme == "standard" else at(content, hook.delivery)


def _digest(signed: bytes) -> str:
    """What names a delivery that has no name of its own: the same bytes are the same delivery."""
    return hashlib.sha256(signed).hexdigest()


def at(content: Mapping[str, Any], path: str) -> str:
    """What stands at a path such as `ticket.comments.0.body`, as text; "" if nothing does."""
    found: Any = content
    for step in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, Sequence) and not isinstance(found, str) and step.isdecimal():
            found = found[int(step)] if int(step) < len(found) else None
        else:
            return ""
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return str(found)
