"""What can be set about deadlines, and what is said of mistakes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from bot.settings.sla import SlaSettings
from router.sla import Step, reckon
from router.ticket_facts import Priority, Target

ROOT = Path(__file__).parents[3]
NEW_YEAR = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_defaults_are_office_hours_in_utc() -> None:
    rules = Settings().sla.of("T1")
    assert rules.calendar.is_open(datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert not rules.calendar.is_open(datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert rules.target(Priority.URGENT, Target.FIRST_RESPONSE) == timedelta(minutes=30)


def test_a_workspace_keeps_what_it_does_not_set() -> None:
    sla = SlaSettings.model_validate(
        {
            "zone": "Europe/Berlin",
            "first_response": {"urgent": "1h30m"},
            "workspaces": {"T2": {"zone": "America/New_York", "first_response": {"high": "3h"}}},
        }
    )
    assert str(sla.of("T1").calendar.zone) == "Europe/Berlin"
    theirs = sla.of("T2")
    assert str(theirs.calendar.zone) == "America/New_York"
    assert theirs.target(Priority.URGENT, Target.FIRST_RESPONSE) == timedelta(minutes=90)
    assert theirs.target(Priority.HIGH, Target.FIRST_RESPONSE) == timedelta(hours=3)


def test_holidays_of_a_country_and_own_days_are_closed() -> None:
    sla = SlaSettings.model_validate(
        {
            "country": "DE",
            "region": "BE",
            "closed": ["2026-12-24"],
            "hours": {"mon-sun": "00:00-24:00"},
        }
    )
    calendar = sla.of("").calendar
    assert not calendar.is_open(NEW_YEAR)
    assert not calendar.is_open(datetime(2026, 12, 24, 12, tzinfo=UTC))
    assert not calendar.is_open(datetime(2026, 3, 8, 12, tzinfo=UTC))  # of Berlin alone
    assert calendar.is_open(datetime(2026, 3, 9, 12, tzinfo=UTC))


def test_ladder_is_read_in_its_order() -> None:
    sla = SlaSettings.model_validate({"ladder": ["150% U0LEAD", "50 % assignee"]})
    assert sla.of("").ladder == (Step(50, "assignee"), Step(150, "U0LEAD"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"zone": "Mars/Base"}, "no time zone"),
        ({"hours": {"someday": "09:00-17:00"}}, "names no days"),
        ({"hours": {"mon": "9-17"}}, "no opening"),
        ({"hours": {}}, "no time to work"),
        ({"hours": {"mon": "17:00-09:00"}}, "begin before"),
        ({"country": "Atlantis"}, "no holidays are known"),
        ({"first_response": {"low": "2 days"}}, "business time"),
        ({"ladder": ["whoever"]}, "rung"),
        ({"workspaces": {"T1": {"zone": "Mars/Base"}}}, "no time zone"),
        ({"workspaces": {"T1": {"zoom": "UTC"}}}, "not permitted"),
    ],
)
def test_mistake_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        SlaSettings.model_validate(given)


def test_settings_in_the_docs_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = (ROOT / "docs" / "tickets.md").read_text()
    (tmp_path / "frontdesk.toml").write_text(docs.split("```toml\n")[1].split("```")[0])
    monkeypatch.chdir(tmp_path)
    sla = Settings().sla
    assert sla.of("T0PARTNER").target(Priority.URGENT, Target.FIRST_RESPONSE).seconds == 15 * 60
    assert sla.of("T1").ladder[-1] == Step(150, "U0TEAMLEAD")


def test_example_in_the_docs_is_right() -> None:
    rules = SlaSettings().of("")
    friday = datetime(2026, 11, 20, 16, tzinfo=UTC)
    asked, answered = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (10, 14))
    eight, two = timedelta(hours=8), timedelta(hours=2)
    assert reckon(rules, eight, ((friday, None),), 0, friday).due == friday + timedelta(days=3)
    stands = reckon(rules, eight, ((friday, asked),), 0, answered)
    assert (stands.used, stands.due) == (two, None)
    again = ((friday, asked), (answered, None))
    assert reckon(rules, eight, again, 0, answered).due == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert reckon(rules, two, again, 0, answered).due == asked
