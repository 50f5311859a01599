"""The account of one call to one model, attempt by attempt, which becomes its record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.llm.exchange import Evidence, FailedExchange
from bot.llm.prices import PriceTable
from router.facts import ModelCalled
from router.model import Fault, ModelRequest, Usage


@dataclass
class Tally:
    """Counts attempts and what they used up: a failed attempt may have been billed too."""

    model: str
    prices: PriceTable
    started: float
    attempts: int = 0
    usage: Usage = field(default_factory=Usage)
    last: Evidence = field(default_factory=Evidence)
    fault: Fault | None = None
    retried: list[str] = field(default_factory=list)
    params_digest: str = ""

    def answered(self, evidence: Evidence) -> None:
        """An attempt gave a usable answer."""
        self._add(evidence)
        self._retried()
        self.fault = None

    def failed(self, failed: FailedExchange) -> None:
        """An attempt gave none."""
        self._add(failed.evidence)
        self._retried()
        self.fault = failed.fault

    def fact(self, request: ModelRequest, now: float) -> ModelCalled:
        """The record. Its latency is the whole call's, with all waiting."""
        return ModelCalled(
            ticket=request.ticket,
            message=request.message,
            actor=request.actor,
            role=request.role.value,
            requested=self.model,
            returned=self.last.model,
            prompt=request.prompt.id,
            prompt_digest=request.prompt.digest,
            params_digest=self.params_digest,
            request_id=self.last.request_id,
            stop_reason=self.last.stop_reason,
            input_tokens=self.usage.input_tokens,
            output_tokens=self.usage.output_tokens,
            cache_read_tokens=self.usage.cache_read_tokens,
            cache_write_tokens=self.usage.cache_write_tokens,
            cost_microusd=self.usage.cost_microusd,
            latency_us=max(0, round((now - self.started) * 1_000_000)),
            attempts=self.attempts,
            fault=self.fault.value if self.fault else "",
            retried=tuple(self.retried),
        )

    def _retried(self) -> None:
        """There was another attempt after the one that failed last."""
        if self.fault:
            self.retried.append(self.fault.value)

    def _add(self, evidence: Evidence) -> None:
        self.last = evidence
        cost = self.prices.microusd(evidence.model or self.model, evidence.usage)
        self.usage += replace(evidence.usage, cost_microusd=cost)
