from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.asking import citable, found_passages, params, params_content
from bot.llm.settings import RoleSettings
from frontdesk import Passage
from router.model import DeskTurn, Found
from tests.bot.llm.helpers import HAIKU, LOOK_UP, REFUNDS, Choice, request

ROLE = RoleSettings(HAIKU)


@given(st.text(min_size=1).filter(str.strip))
def test_the_pieces_of_a_passage_are_the_passage_and_none_is_blank(text: str) -> None:
    pieces = citable(Passage("p", "t", "s", text))
    assert "".join(pieces) == text
    assert all(piece.strip() for piece in pieces)


def test_a_piece_is_about_a_sentence() -> None:
    assert citable(REFUNDS) == (
        "Refunds take five days. ",
        "They go to the card you paid with.\n",
        "Ask within 30 days.",
    )


def test_the_end_of_prompt_and_context_is_marked_for_the_cache() -> None:
    asked = params(request(context="The list."), ROLE, HAIKU, 100)
    assert ["cache_control" in block for block in asked["system"]] == [False, True]
    asked = params(request(), ROLE, HAIKU, 100)
    assert ["cache_control" in block for block in asked["system"]] == [True]


def test_effort_is_left_out_where_it_is_not_set() -> None:
    assert params(request(), ROLE, HAIKU, 100)["output_config"] == {"effort": "low"}
    assert "output_config" not in params(request(), replace(ROLE, effort=None), HAIKU, 100)


@pytest.mark.parametrize(
    "changed",
    [{"context": "other"}, {"tools": (LOOK_UP,)}],
    ids=["context", "tools"],
)
def test_the_digest_tells_what_was_asked_besides_what_somebody_wrote(
    changed: dict[str, object],
) -> None:
    def digest(asked: object) -> str:
        return params_content(asked, params(asked, ROLE, HAIKU, 9), Choice)  # type: ignore[arg-type]

    assert digest(request("one")) == digest(request("two"))
    assert digest(request()) != digest(request(**changed))


def test_passages_are_counted_over_all_turns() -> None:
    other = replace(REFUNDS, id="p2")
    turns = (*request().turns, DeskTurn((Found(other),)))
    assert found_passages(request(turns=turns)) == [REFUNDS, other]
