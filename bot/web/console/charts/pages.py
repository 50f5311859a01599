"""The page of charts. All figures come summed up by day, so it is quick however long the log is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from bot.web.access.visitor import Reader
from bot.web.console.base import Here
from bot.web.console.charts.drawing import Chart, Head, Series, bars, lines
from bot.web.console.formats import money, number, share, took
from storage.reviews.charts import DayFigures
from storage.reviews.service import Reviews

router = APIRouter(include_in_schema=False)
SPANS = (7, 30, 90, 365)


@router.get("/charts")
async def charts(
    request: Request,
    here: Here,
    visitor: Reader,
    span: Annotated[int, Query()] = 30,
    specialist: Annotated[str, Query()] = "",
) -> Response:
    """What happened by day, of all specialists or one."""
    reviews = Reviews(here.app.store)
    span = span if span in SPANS else SPANS[1]
    last = datetime.now(UTC).date()
    first = last - timedelta(days=span - 1)
    everybody = await reviews.specialists(first, last)
    figures = await reviews.days(first, last, specialist or None)
    return here.page(
        request,
        visitor,
        "charts/charts.html",
        charts=drawn(figures),
        span=span,
        spans=SPANS,
        specialist=specialist,
        everybody=everybody,
    )


VOLUME = Head("volume", "Decisions", "Matters routed a day")
CONFIDENCE = Head("confidence", "Confidence", "How sure the router was, on average")
OVERRIDES = Head(
    "overrides", "Human overrides", "Rerouted, taken over, or a draft changed by staff"
)
REJECTIONS = Head("rejections", "Drafts rejected", "What the validator would not let out")
ESCALATIONS = Head("escalations", "Escalations", "Matters that went to a human")
COST = Head("cost", "Cost of models", "What their calls cost a day")
WAITING = Head("latency", "Waiting", "From a message to its post")
MODELS = Head("models", "Calls of models", "How long one call took, on average")


def drawn(figures: Sequence[DayFigures]) -> list[Chart]:
    """All charts of these days."""
    days = [one.day for one in figures]

    def counted(head: Head) -> Chart:
        values = tuple(one.counts.get(_MEASURES[head.key], 0) for one in figures)
        return bars(head, days, Series(head.title, values), number)

    def mean(head: Head, measure: str, written: Callable[[int | None], str]) -> Chart:
        values = tuple(one.mean(measure) for one in figures)
        return lines(head, days, [Series(head.title, values)], written)

    cost = Series(COST.title, tuple(one.totals.get("cost", 0) for one in figures))
    return [
        counted(VOLUME),
        mean(CONFIDENCE, "confidence", share),
        *map(counted, (OVERRIDES, REJECTIONS, ESCALATIONS)),
        bars(COST, days, cost, money),
        lines(WAITING, days, _waited(figures), took),
        mean(MODELS, "model_latency", took),
    ]


_MEASURES = {
    "volume": "decisions",
    "overrides": "overrides",
    "rejections": "rejections",
    "escalations": "escalations",
}


def _waited(figures: Sequence[DayFigures]) -> list[Series]:
    named = (("Half waited at most", 50), ("19 of 20 waited at most", 95))
    return [
        Series(name, tuple(one.waited_us(percent) for one in figures)) for name, percent in named
    ]
