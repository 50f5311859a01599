"""`frontdesk tokens`, `digest` and `tickets satisfaction`, as somebody types them."""

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.bot.cli.conftest import Run


def test_a_token_is_shown_once_listed_without_itself_and_revoked(desk: Run) -> None:
    made = json.loads(desk("tokens", "create", "website", "--json").stdout)
    listed = [json.loads(line) for line in desk("tokens", "list", "--json").stdout.splitlines()]
    revoked = json.loads(desk("tokens", "revoke", "website", "--json").stdout)
    again = desk("tokens", "revoke", "website")

    assert made["token"].startswith("fd_")
    assert made["signing_secret"].startswith("whsec_")
    assert [one["name"] for one in listed] == ["website"]
    assert "token" not in listed[0]
    assert (listed[0]["state"], revoked["state"]) == ("in use", "revoked")
    assert again.code == 3
    assert "revoked already" in again.stderr


def test_what_cannot_be_a_token_is_refused_in_plain_words(desk: Run) -> None:
    name = desk("tokens", "create", "My website")
    inner = desk("tokens", "create", "inner", "--callback", "https://10.0.0.1/hook")
    plain = desk("tokens", "create", "plain", "--callback", "http://example.com/hook")
    scope = desk("tokens", "create", "odd", "--scope", "everything")

    assert (name.code, inner.code, plain.code, scope.code) == (2, 3, 3, 2)
    assert "FRONTDESK_CALLBACK_PRIVATE_HOSTS" in inner.stderr


def test_the_digest_of_today_is_told_and_drawn(desk: Run, desk_folder: Path) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    told = desk("digest", "--day", today, "--out", "day.png")
    figures = json.loads(desk("digest", "--day", today, "--json").stdout)
    wrong = desk("digest", "--day", "yesterday")

    assert "3 tickets came in" in told.stdout
    assert (desk_folder / "day.png").read_bytes().startswith(b"\x89PNG")
    assert sum(figures["hours"]) == 3
    assert wrong.code == 2


def test_satisfaction_says_when_nobody_rated_anything(desk: Run) -> None:
    assert "Nobody has rated a ticket yet." in desk("tickets", "satisfaction").stdout
    assert desk("tickets", "satisfaction", "--json").stdout == ""
