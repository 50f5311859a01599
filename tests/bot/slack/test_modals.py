"""Forms are within Slack's limits, whatever they are filled with, and carry no rights."""

from typing import Any

import pytest

from bot.sandbox.api_views import check_view
from bot.slack import modals

TITLES = {f"specialist{number}": f"A very long title {number} " * 6 for number in range(150)}
FORMS = [
    modals.ticket(TITLES, "w" * 5_000),
    modals.ticket({}),
    modals.edit("card", "word " * 1_200),
    modals.edit("card", "short"),
    modals.reply("card"),
    modals.reroute("M-1", TITLES),
    modals.reason("M-1"),
    modals.erase(),
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["callback_id"])
def test_slack_takes_the_form(form: dict[str, Any]) -> None:
    assert check_view(form, "modal")
    assert form.get("private_metadata", "") in {"", "card", "M-1"}


@pytest.mark.parametrize("glue", [" ", "\n\n"])
def test_long_draft_is_parted_where_words_end_and_nothing_is_lost(glue: str) -> None:
    draft = glue.join(["word"] * 800)
    first, rest = (block["element"]["initial_value"] for block in modals.edit("c", draft)["blocks"])
    assert len(first) <= modals.MOST_FIELD
    assert f"{first}{glue}{rest}" == draft


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"value": " Hello \n"}, "Hello"),
        ({"value": None}, ""),
        ({"selected_option": {"value": "technical"}}, "technical"),
        ({"selected_option": None}, ""),
        ({"selected_options": [{"value": "person"}]}, "person"),
        ({"selected_options": []}, ""),
    ],
)
def test_field_is_read_as_what_stands_in_it(state: dict[str, Any], expected: str) -> None:
    view = {"state": {"values": {"words": {"value": state}}}}
    assert modals.entered(view, "words") == expected
    assert modals.entered(view, "other") == ""
