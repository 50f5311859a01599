"""What tokens cost.

A price list goes out of date, so it carries its date and is a setting. A model that is not on it
counts as the most expensive one: a budget may then end a ticket too early, never too late.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from router.model import Usage

log = logging.getLogger("frontdesk.llm")


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens. Prompts longer than `long_from` tokens cost `long_factor`."""

    input: float
    output: float
    cache_read: float
    cache_write: float
    long_from: int = 0
    long_factor: float = 1.0

    def microusd(self, usage: Usage) -> int:
        """What these tokens cost, in micro-dollars, rounded up."""
        dollars_per_million = (
            usage.input_tokens * self.input
            + usage.output_tokens * self.output
            + usage.cache_read_tokens * self.cache_read
            + usage.cache_write_tokens * self.cache_write
        )
        # Dollars per million tokens are micro-dollars per token.
        return -int(-dollars_per_million * self._factor(usage) // 1)

    def _factor(self, usage: Usage) -> float:
        prompt = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        return self.long_factor if self.long_from and prompt > self.long_from else 1.0


# Anthropic's price list, https://platform.claude.com/docs/en/about-claude/pricing, cache writes
# for five minutes.
LISTED: Mapping[str, Price] = MappingProxyType(
    {
        "claude-haiku-5-5": Price(0.10, 0.50, 0.01, 0.125, long_from=100_000, long_factor=5.0),
        "claude-sonnet-5-5": Price(2.00, 10.00, 0.10, 2.50),
        "claude-opus-5-5": Price(4.00, 20.00, 0.20, 5.00),
        "claude-haiku-4-5": Price(1.00, 5.00, 0.10, 1.25),
    }
)
LISTED_ON = date(2026, 10, 24)


@dataclass(frozen=True)
class PriceTable:
    """Prices by model name, as of a day. A dated name is found by its beginning."""

    prices: Mapping[str, Price] = field(default_factory=lambda: LISTED)
    as_of: date = LISTED_ON
    _warned: set[str] = field(default_factory=set, repr=False, compare=False)

    def knows(self, model: str) -> bool:
        """Whether `model` is on the list."""
        return self._listed(model) is not None

    def microusd(self, model: str, usage: Usage) -> int:
        """What these tokens cost with `model`, in micro-dollars."""
        listed = self._listed(model)
        if listed is not None:
            return listed.microusd(usage)
        if model not in self._warned:
            self._warned.add(model)
            log.warning(
                "no price is set for model %r: its tokens count as those of the most expensive "
                "model of the list of %s; add it to the prices in the settings",
                model,
                self.as_of,
            )
        return max(price.microusd(usage) for price in self.prices.values())

    def _listed(self, model: str) -> Price | None:
        beginnings = [name for name in self.prices if model == name or model.startswith(f"{name}-")]
        return self.prices[max(beginnings, key=len)] if beginnings else None
