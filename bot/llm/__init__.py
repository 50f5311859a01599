"""Language models: the only room of the house that knows the vendor's SDK."""

from bot.llm.gateway import Gateway
from bot.llm.prices import Price, PriceTable
from bot.llm.settings import LlmSettings, RoleSettings

__all__ = ["Gateway", "LlmSettings", "Price", "PriceTable", "RoleSettings"]
