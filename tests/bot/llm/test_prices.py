from __future__ import annotations

from pathlib import Path

import pytest

from bot.llm import prices
from bot.llm.prices import LISTED, LISTED_ON, PriceTable
from router.model import Usage


def test_a_million_of_each_costs_what_the_list_says() -> None:
    million = 1_000_000
    used = Usage(million, million, million, million)
    assert PriceTable().microusd("claude-sonnet-5-5", used) == 14_600_000


def test_a_part_of_a_microdollar_is_rounded_up() -> None:
    assert PriceTable().microusd("claude-haiku-5-5", Usage(input_tokens=1)) == 1
    assert PriceTable().microusd("claude-haiku-5-5", Usage()) == 0


def test_long_prompts_cost_more_where_the_list_says_so() -> None:
    table = PriceTable()
    short = table.microusd("claude-haiku-5-5", Usage(input_tokens=100_000))
    long = table.microusd("claude-haiku-5-5", Usage(input_tokens=60_000, cache_read_tokens=40_001))
    assert short == 10_000
    assert long == 32_001


def test_a_dated_name_is_found_by_its_beginning() -> None:
    assert PriceTable().knows("claude-haiku-4-5-20251001")
    assert not PriceTable().knows("claude-haiku-4")


def test_an_unknown_model_counts_as_the_most_expensive_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[object] = []
    monkeypatch.setattr(prices.log, "warning", lambda text, *given: told.append(given[0]))
    table = PriceTable()
    used = Usage(1000, 1000)
    cost = table.microusd("house-model", used)
    assert cost == max(table.microusd(name, used) for name in LISTED) == 24_000
    table.microusd("house-model", used)
    assert told == ["house-model"]


def test_the_documented_prices_are_the_listed_ones() -> None:
    page = (Path(__file__).parents[3] / "docs" / "models.md").read_text("utf-8")
    for model, price in LISTED.items():
        figures = (price.input, price.output, price.cache_read)
        row = f"| `{model}` | " + " | ".join(f"{figure:.2f}" for figure in figures)
        assert row in page, row
    assert f"{LISTED_ON.day} {LISTED_ON:%B %Y}" in page
