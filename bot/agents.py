"""The agents on language models, made from the settings. Only a desk with a key imports this."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.llm import Gateway, LlmSettings
from bot.llm.gateway import Keep
from bot.llm.prices import LISTED, LISTED_ON, Price, PriceTable
from bot.llm.remembering import RememberingModel
from bot.llm.settings import ROLES, RoleSettings
from bot.settings.models import ModelSettings
from frontdesk import Specialist
from router.answer.agent import ModelAnswerer
from router.answer.asker import ModelAsker
from router.answer.budget import BudgetedModel, BudgetLimits, Purse, Spending, no_purse
from router.answer.context import Answerer
from router.classify.agent import ModelRouter
from router.classify.profiles import Profile
from router.classify.settings import RoutingSettings
from router.facts import Fact
from router.model import Role
from router.validate.agent import ModelValidator, SecondOpinion


@dataclass(frozen=True, slots=True)
class Agents:
    """The three agents, and the gateway that all their calls go through."""

    router: ModelRouter
    answerer: ModelAnswerer
    asker: ModelAsker
    validator: ModelValidator
    gateway: Gateway


def make_agents(
    settings: ModelSettings,
    specialists: Sequence[Specialist],
    profiles: Sequence[Profile],
    routing: RoutingSettings,
    *,
    fallback: Answerer,
    record: Callable[[Fact], Awaitable[object]],
    spending: Spending,
    purse: Purse = no_purse,
    keep: Keep | None = None,
) -> Agents:
    """Make the agents.

    Args:
        settings: with a key.
        specialists: who is installed.
        profiles: what the router reads of them.
        routing: its thresholds.
        fallback: answers where no model does.
        record: puts each call of a model or of a tool on record.
        spending: what a ticket has spent so far.
        purse: what an actor may spend on one ticket.
        keep: puts away what the digests of calls stand for.

    Raises:
        PluginError: a specialist's tools cannot be offered to a model.
    """
    gateway = Gateway(_llm_settings(settings), record, keep=keep)
    model = RememberingModel(BudgetedModel(gateway, _limits(settings), spending, purse))
    handles = {specialist.name: specialist.handles for specialist in specialists}
    second = SecondOpinion(
        frozenset(settings.second_opinion_policies), settings.second_opinion_share
    )
    return Agents(
        ModelRouter(model, profiles, routing),
        ModelAnswerer(model, handles, fallback, record=record),
        ModelAsker(model),
        ModelValidator(model, second),
        gateway,
    )


def _llm_settings(settings: ModelSettings) -> LlmSettings:
    key = settings.anthropic_api_key
    return LlmSettings(
        api_key=key.get_secret_value() if key else "",
        base_url=settings.anthropic_base_url,
        roles=_roles(settings),
        prices=_prices(settings),
        max_retries=settings.model_retries,
        in_flight=settings.model_in_flight,
        stream=settings.model_stream,
        traces=any(name.startswith("OTEL_") for name in os.environ),
    )


def _roles(settings: ModelSettings) -> Mapping[Role, RoleSettings]:
    models = {
        Role.ROUTER: settings.router_model,
        Role.SPECIALIST: settings.specialist_model,
        Role.VALIDATOR: settings.validator_model,
        Role.SECOND_OPINION: settings.second_opinion_model,
    }
    return {
        role: replace(
            ROLES[role],
            model=model,
            fallback=settings.fallback_model if settings.fallback_model != model else None,
            timeout=settings.model_seconds,
            total=settings.model_call_seconds,
            effort=ROLES[role].effort if settings.model_effort == "default" else None,
        )
        for role, model in models.items()
    }


def _prices(settings: ModelSettings) -> PriceTable:
    own = {model: Price(*four) for model, four in settings.prices.items()}
    return PriceTable({**LISTED, **own}, settings.prices_as_of or LISTED_ON)


def _limits(settings: ModelSettings) -> BudgetLimits:
    return BudgetLimits(
        calls=settings.ticket_calls,
        tokens=settings.ticket_tokens,
        microusd=round(settings.ticket_dollars * 1_000_000),
        seconds=settings.ticket_model_seconds,
    )
