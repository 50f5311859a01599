"""Answers a specialist's own questions to a language model."""

from __future__ import annotations

from collections.abc import Mapping

from frontdesk import ModelUnavailable
from router.answer.brief import Brief
from router.model import DeskTurn, Model, ModelRequest, Quoted, Role
from router.prompts.texts import ASK


class ModelAsker:
    """Implements `router.answer.context.Asker` on a language model."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def ask(self, brief: Brief, instructions: str, data: Mapping[str, str]) -> str:
        """The model's text. `data` reaches it as data, whatever it says.

        Raises:
            ModelUnavailable: it did not answer, or there was nothing to ask about.
            BudgetExceeded: this ticket's limits are used up.
        """
        quoted = tuple(Quoted(name, "data", text) for name, text in data.items())
        if not quoted:
            raise ModelUnavailable("there is nothing to ask about: pass the texts in `data`")
        request = ModelRequest(
            role=Role.SPECIALIST,
            prompt=ASK,
            context=instructions,
            turns=(DeskTurn(quoted),),
            actor=f"plugin:{brief.specialist}",
            **brief.where,
        )
        return (await self._model.converse(request)).text
