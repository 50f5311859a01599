"""What goes wrong, told as RFC 9457 says: `application/problem+json`, the same shape everywhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from frontdesk import StoreError
from storage.doors.intake import Gone, KeyUsed

log = logging.getLogger("frontdesk.api")

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
AGAIN_SECONDS = 5


class FieldError(BaseModel):
    """What is wrong with one part of a request."""

    where: str = Field(description="its place, such as `body.text`")
    problem: str


class Problem(BaseModel):
    """Why a request was not carried out."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="what happened, and what to do next")
    errors: list[FieldError] = []


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request is not carried out."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How these statuses are documented."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


def answer(
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: list[FieldError] | None = None,
) -> JSONResponse:
    """A problem as an answer."""
    problem = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors or []
    )
    return JSONResponse(
        problem.model_dump(), status, headers=dict(headers or {}), media_type=MEDIA_TYPE
    )


def add_problems(api: FastAPI) -> None:
    """Have everything that goes wrong told as a problem."""

    @api.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        return answer(error.status, error.detail, headers=error.headers)

    @api.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> JSONResponse:
        return answer(error.status_code, str(error.detail), headers=error.headers)

    @api.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            FieldError(where=".".join(str(part) for part in one["loc"]), problem=one["msg"])
            for one in error.errors()[:MOST_ERRORS]
        ]
        detail = "The request is not as the documentation at /api/docs says; see `errors`."
        return answer(422, detail, errors=errors)

    @api.exception_handler(StoreError)
    async def unkept(request: Request, error: StoreError) -> JSONResponse:
        if isinstance(error, KeyUsed | Gone):
            return answer(409, str(error))
        log.warning("a request could not be kept: %s", error)
        detail = "It could not be kept just now, so nothing happened: send it again."
        return answer(503, detail, headers={"retry-after": str(AGAIN_SECONDS)})
