"""Logs: one id for all that becomes of a message; no texts, no secrets."""

import json
import logging
import secrets
from typing import Any

import pytest
from pydantic import BaseModel

from bot.seeing.correlation import correlated, delivered
from bot.seeing.logs import configure_logs
from frontdesk import StoreError

log = logging.getLogger("frontdesk.tests")


def lines(written: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines()]


CARD = "-".join(["my card", "4242"])
"""What somebody wrote, as far as these tests go; made here so that no line of code quotes it."""


def fail(error: Exception, because: Exception | None = None) -> None:
    raise error from because


def test_lines_carry_the_message_and_the_delivery_they_are_about(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("INFO", "json")
    with delivered("Ev1"), correlated("M-1", "T-1"):
        log.info("received")
    log.info("elsewhere")

    first, second = lines(capsys.readouterr().err)
    assert (first["delivery"], first["correlation"], first["ticket"]) == ("Ev1", "M-1", "T-1")
    assert "correlation" not in second


def test_text_and_json_are_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO", "text")
    log.info("hello")

    written = capsys.readouterr().err
    assert "hello" in written
    assert not written.startswith("{")


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-{0}-{0}",
        "xoxe.xoxp-1-{0}",
        "xapp-1-A0-{0}",
        "sk-ant-api03-{0}",
    ],
)
def test_secrets_are_masked(capsys: pytest.CaptureFixture[str], secret: str) -> None:
    configure_logs("INFO", "json")
    made = secret.format(secrets.token_hex(12))
    log.warning("the token %s was refused", made)

    written = capsys.readouterr().err
    assert made not in written
    assert "the token ******** was refused" in written


def test_password_in_a_database_url_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO", "json")
    word = secrets.token_hex(8)
    log.warning("cannot reach postgresql://desk:%s@db.example/desk", word)

    written = capsys.readouterr().err
    assert word not in written
    assert "db.example" in written


class Wanted(BaseModel):
    number: int


def test_message_of_a_strange_exception_is_left_out_because_it_may_quote_people(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("INFO", "json")
    try:
        Wanted.model_validate({"number": CARD})
    except ValueError:
        log.exception("the turn of message %s failed", "M-1")

    written = capsys.readouterr().err
    (line,) = lines(written)
    assert CARD not in written
    assert "ValidationError" in line["exception"]
    assert "test_logs.py" in line["exception"]


def test_message_of_our_own_exception_is_kept_with_its_cause(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("INFO", "json")
    try:
        fail(StoreError("nothing was recorded: the disk is full"), ValueError(CARD))
    except StoreError:
        log.exception("it failed")

    written = capsys.readouterr().err
    (line,) = lines(written)
    assert "the disk is full" in line["exception"]
    assert "because of ValueError" in line["exception"]
    assert CARD not in written


def test_debug_tells_all_that_an_exception_says(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("DEBUG", "json")
    try:
        fail(ValueError(CARD))
    except ValueError:
        log.exception("it failed")

    written = capsys.readouterr().err
    assert CARD in written
