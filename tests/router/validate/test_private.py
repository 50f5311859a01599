"""Secrets and personal data: made up here, and put together at run time."""

from __future__ import annotations

import threading

import pytest

from frontdesk import Passage
from router.validate.personal import PersonalData
from router.validate.secrets import Secrets
from tests.router.validate.drafts import codes, draft

SECRETS = Secrets()
PERSONAL = PersonalData()
LETTERS = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW3xY5zA7bC9d"


@pytest.mark.parametrize(
    "secret",
    [
        "AKIA" + "QYLPMN5HFIQR7XYA",
        "gh" + "p_" + LETTERS[:36],
        "xox" + "b-123456789012-1234567890123-" + LETTERS[:24],
        "sk-" + "ant-api03-" + LETTERS * 2,
        "sk-" + "proj-" + LETTERS * 2,
        "h" + "f_" + "QWertYuioPasDfghJklZxcVbnmQWErtyUi",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "https://admin:" + "hunter22@db.quillon.example/x",
        "password: " + "hunter2hunter",
        "Your password is " + "Tr0ub4dor&3",
        "api_key = " + '"12345678-abcd-abcd-abcd-1234567890ab"',
        "Authorization: Bearer " + LETTERS[:30],
        "curl -u admin:" + "letmein https://x",
        "hooks.slack.com/services/" + "T0000AAAA/B0000BBBB/" + LETTERS[:24],
        LETTERS[:32],
        LETTERS[:8] + "\u200b" + LETTERS[8:32],
    ],
)
def test_secret_is_found(secret):
    assert codes(SECRETS, draft(f"Use this:\n{secret}")) == ["secret.found"]


@pytest.mark.parametrize(
    "text",
    [
        "Your password must have at least 12 characters.",
        "Password: choose a new one under Settings → Security.",
        "The API token is shown once; keep it in a safe place.",
        "Error NET-495 and invoice QL-2026-004711.",
        "Set QUILLON_TOKEN=<your token> and Authorization: Bearer $TOKEN.",
        "https://help.quillon.example/technical/two-step-verification-lost-device",
        "Client secret: under Settings → Developers.",
    ],
)
def test_talk_about_secrets_is_none(text):
    assert codes(SECRETS, draft(text)) == []


def test_random_string_may_be_repeated_but_a_known_kind_of_key_may_not():
    number = LETTERS[:32]
    assert codes(SECRETS, draft(f"Request {number}", question=f"my request {number}")) == []
    key = "AKIA" + "QYLPMN5HFIQR7XYA"
    assert codes(SECRETS, draft(key, question=key)) == ["secret.found"]


def test_detectors_give_the_same_from_many_threads():
    given = draft("AKIA" + "QYLPMN5HFIQR7XYA")
    found: list[bool] = []
    threads = [
        threading.Thread(target=lambda: found.append(SECRETS.check(given).passed))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [False] * 16


DATA = {
    "email": "jane.doe" + "@acme.com",
    "phone": "+1 415 555 " + "2671",
    "card": "4111 1111 " + "1111 1111",
    "iban": "GB82 WEST 1234 " + "5698 7654 32",
    "ssn": "536-90-" + "4399",
    "ip": "93.184." + "216.34",
}


@pytest.mark.parametrize(("kind", "value"), DATA.items())
def test_personal_data_is_found_unless_the_requester_or_a_source_gave_it(kind, value):
    text = f"It belongs to {value}, I think."
    assert f"personal_data.{kind}" in codes(PERSONAL, draft(text))
    assert codes(PERSONAL, draft(text, requester_texts=(f"I am {value}",))) == []
    cited = draft().citations[0]
    quoted = (type(cited)(cited.passage, cited.title, cited.source, f"Write to {value}."),)
    assert codes(PERSONAL, draft(text, citations=quoted)) == []


@pytest.mark.parametrize(
    "text",
    [
        "jane [at] acme [dot] com",
        "jane.doe\uff20acme.com",
        "jane.doe@\u200bacme.com",
        "Call 020 7946 " + "0958",
        "reach me on (0)69-" + "979-8058",
        "4111-1111-" + "1111-1111",
        "4111111111" + "111111",
        "GB82WEST1234" + "5698765432",
    ],
)
def test_other_spellings_are_found(text):
    assert codes(PERSONAL, draft(text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "On 2026-09-28, from 2025-2026, at 10:30.",
        "It costs 1,234,567.00 or 12 000 000 a year; version 1.2.3 of 10.0.0.1.",
        "Invoice QL-2026-0047, error 5023, port 443, 5 GB, 4111 1111 1111 1112.",
        "100 requests per 60 seconds, 14 days, 12 months, up to 25 000 rows.",
    ],
)
def test_ordinary_numbers_are_no_personal_data(text):
    assert codes(PERSONAL, draft(text)) == []


def test_data_of_another_person_in_a_retrieved_but_uncited_passage_is_not_allowed():
    other = Passage("o", "t", "https://x.example", "Jane is jane.doe" + "@acme.com")
    given = draft("Ask jane.doe" + "@acme.com", passages=(*draft().passages, other))
    assert codes(PERSONAL, given) == ["personal_data.email"]
