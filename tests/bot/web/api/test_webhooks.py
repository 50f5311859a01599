"""Signed webhooks: what proves its sender becomes a ticket, once; nothing else comes in."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from bot.doors import signing
from bot.doors.callbacks import CallbackSender
from bot.settings.doors import WebhookSettings
from bot.web.api.webhooks import at
from storage.queries import Queries
from tests.bot.doors.receiver import receiver
from tests.bot.web.api.helpers import Program, program, working

SECRET = signing.SIGNING + base64.b64encode(secrets.token_bytes(24)).decode()
FORM = {
    "id": "d-1",
    "ticket": {"subject": "Bill", "comments": [{"body": "Where is my bill?"}]},
    "user": {"id": 7},
}
FIELDS: dict[str, Any] = {
    "text": ["ticket.subject", "ticket.comments.0.body"],
    "requester": "user.id",
    "reference": "ticket.id",
}
STANDARD = WebhookSettings(secret=SECRET, **FIELDS)
TOO_LATE = timedelta(seconds=signing.TOLERANCE + 5)
BODY = WebhookSettings(secret=SECRET, scheme="body", **FIELDS)


def by_body(body: bytes, stamp: str, encoding: str = "hex") -> dict[str, str]:
    """What a service sends along that signs the time and the body, or the body alone."""
    made = hmac.digest(SECRET.encode(), stamp.encode() + body, hashlib.sha256)
    word = made.hex() if encoding == "hex" else base64.b64encode(made).decode()
    return {"x-hub-signature-256": f"sha256={word}"} | ({"x-sent-at": stamp} if stamp else {})


async def sent(
    ana: Program, body: bytes, name: str = "d-1", at: float | None = None, secret: str = SECRET
) -> httpx.Response:
    """Send a body as Standard Webhooks says."""
    stamp = int(time.time() if at is None else at)
    headers = signing.headers(secret, name, stamp, body)
    return await ana.http.post("/api/webhooks/forms", content=body, headers=headers)


async def test_a_signed_delivery_becomes_one_ticket_however_often_it_comes(tmp_path: Path) -> None:
    async with working(tmp_path, webhooks={"forms": STANDARD}) as ana:
        body = json.dumps(FORM).encode()
        answers = [await sent(ana, body) for _ in range(3)]
        ticket = answers[0].json()["ticket"]
        shown = await ana.answered(ticket)

    assert [one.status_code for one in answers] == [201] * 3
    assert len({one.text for one in answers}) == 1
    assert shown["source"] == "webhook"
    assert shown["messages"][0]["text"] == "Bill\n\nWhere is my bill?"
    assert [one["author"] for one in shown["messages"]] == ["requester", "desk"]


async def test_a_delivery_that_proves_nothing_is_kept_out_and_on_record(tmp_path: Path) -> None:
    async with program(tmp_path, webhooks={"forms": STANDARD}) as ana:
        body = json.dumps(FORM).encode()
        changed = signing.headers(SECRET, "d-1", int(time.time()), body + b" ")
        answers = [
            await sent(ana, body, secret=signing.SIGNING + "bm90IHRoZSBvbmU="),
            await sent(ana, body, at=time.time() - signing.TOLERANCE - 5),
            await ana.http.post("/api/webhooks/forms", content=body, headers=changed),
            await ana.http.post("/api/webhooks/forms", content=body),
        ]
        nowhere = await ana.http.post("/api/webhooks/nowhere", content=body)
        entries = await Queries(ana.app.store).entries(kind="auth:denied")
        listed = (await ana.get("/api/tickets")).json()

    assert [one.status_code for one in answers] == [401] * 4
    assert nowhere.status_code == 404
    assert len(entries) == 4
    assert listed["tickets"] == []


@pytest.mark.parametrize("encoding", ["hex", "base64"])
async def test_helpdesks_that_sign_only_the_body_are_understood(
    tmp_path: Path, encoding: str
) -> None:
    hook = BODY.model_copy(update={"encoding": encoding, "timestamp_header": "x-sent-at"})
    async with program(tmp_path, webhooks={"forms": hook}) as ana:
        body, stamp = json.dumps(FORM).encode(), datetime.now(UTC).isoformat()
        headers = by_body(body, stamp, encoding)
        right = await ana.http.post("/api/webhooks/forms", content=body, headers=headers)
        later = await ana.http.post(
            "/api/webhooks/forms", content=body, headers=headers | {"x-sent-at": "now"}
        )

    assert (right.status_code, later.status_code) == (201, 401)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        (lambda at: at.isoformat(), 201),
        (lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"), 201),
        (lambda at: str(int(at.timestamp())), 201),
        (lambda at: str(int(at.timestamp() * 1000)), 201),
        (lambda at: (at - TOO_LATE).isoformat(), 401),
        (lambda at: str(int((at + TOO_LATE).timestamp())), 401),
        (lambda at: at.replace(tzinfo=None).isoformat(), 401),
        (lambda at: "yesterday", 401),
        (lambda at: "", 401),
    ],
)
async def test_signed_time_must_be_near(
    tmp_path: Path, written: Callable[[datetime], str], status: int
) -> None:
    hook = BODY.model_copy(update={"timestamp_header": "x-sent-at"})
    async with program(tmp_path, webhooks={"forms": hook}) as ana:
        body = json.dumps(FORM).encode()
        headers = by_body(body, written(datetime.now(UTC)))
        answer = await ana.http.post("/api/webhooks/forms", content=body, headers=headers)

    assert answer.status_code == status


async def test_replay_of_a_delivery_without_a_name_opens_no_second_ticket(tmp_path: Path) -> None:
    plain = BODY.model_copy(update={"reference": "none"})
    timed = plain.model_copy(update={"timestamp_header": "x-sent-at"})
    body = json.dumps({"ticket": FORM["ticket"]}).encode()
    now = datetime.now(UTC)
    async with program(tmp_path, webhooks={"plain": plain, "timed": timed}) as ana:

        async def ticket(hook: str, stamp: str) -> str:
            headers = by_body(body, stamp)
            answer = await ana.http.post(f"/api/webhooks/{hook}", content=body, headers=headers)
            assert answer.status_code == 201
            return str(answer.json()["ticket"])

        again = {await ticket("plain", "") for _ in range(2)}
        at_once = {await ticket("timed", now.isoformat()) for _ in range(2)}
        later = await ticket("timed", (now + timedelta(seconds=9)).isoformat())

    assert (len(again), len(at_once)) == (1, 1)
    assert later not in at_once


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[1]",
        b'{"ticket": {}}',
        b'{"ticket": "x"}',
        b'{"ticket": {"subject": "a\\u0000b"}}',
        b'{"ticket": {"subject": "\\ud800"}}',
        b'{"ticket": {"subject": "Bill", "id": "\\u0000"}}',
    ],
)
async def test_what_has_no_text_where_it_should_be_is_refused(tmp_path: Path, body: bytes) -> None:
    async with program(tmp_path, webhooks={"forms": STANDARD}) as ana:
        answer = await sent(ana, body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_same_delivery_with_another_body_is_refused(tmp_path: Path) -> None:
    async with program(tmp_path, webhooks={"forms": STANDARD}) as ana:
        await sent(ana, json.dumps(FORM).encode())
        other = await sent(ana, json.dumps(FORM | {"more": 1}).encode())

    assert other.status_code == 409


async def test_answers_to_a_webhook_are_signed_with_its_own_secret(tmp_path: Path) -> None:
    async with receiver() as hook:
        forms = STANDARD.model_copy(update={"callback": hook.url})
        async with working(tmp_path, webhooks={"forms": forms}) as ana:
            answer = await sent(ana, json.dumps(FORM).encode())
            await ana.answered(answer.json()["ticket"])
            store = ana.app.store
            await CallbackSender(store, ("127.0.0.1",), {"forms": forms}).tick()

        assert [one["type"] for one in hook.contents] == ["ticket.answered"]
        assert hook.is_genuine(SECRET)


def test_a_path_finds_what_stands_there_as_text() -> None:
    content = {"a": {"b": [{"c": 7}, "x"]}, "t": True, "n": None}

    assert [
        at(content, path) for path in ("a.b.0.c", "a.b.1", "a.b.9", "a.b", "t", "n", "z.y")
    ] == [
        "7",
        "x",
        "",
        "",
        "",
        "",
        "",
    ]


async def test_a_name_that_is_not_signed_does_not_make_a_delivery_new(tmp_path: Path) -> None:
    async with program(tmp_path, webhooks={"forms": BODY}) as ana:
        body = json.dumps(FORM).encode()
        word = hmac.digest(SECRET.encode(), body, hashlib.sha256).hex()
        tickets = set()
        for name in ("d-1", "d-2", "d-3"):
            headers = {"x-hub-signature-256": f"sha256={word}", signing.ID: name}
            answer = await ana.http.post("/api/webhooks/forms", content=body, headers=headers)
            tickets.add(answer.json()["ticket"])

    assert len(tickets) == 1
