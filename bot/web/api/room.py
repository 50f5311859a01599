"""The API as a room of the site: everything below /api, with its own document and pages."""

from __future__ import annotations

import re

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import Mount

from bot.app import App
from bot.web.api.access import Gate
from bot.web.api.docs_page import add_docs
from bot.web.api.problems import FieldError, Problem, add_problems
from bot.web.api.sizes import MostBytes
from bot.web.api.tickets import add_tickets
from bot.web.api.webhooks import add_webhooks

ABOUT = (
    "The support desk for programs: open tickets, read what became of them, and be told of answers "
    "by signed callbacks. The desk is the same as in Slack: the same router, specialists, checks "
    "and record. All that goes wrong is told as RFC 9457 says."
)


def join_api(site: FastAPI, app: App) -> None:
    """Serve the API below /api."""
    mount = Mount("/api", make_api(app))
    # Whatever stands below /api is answered there, also an address with a line break in it.
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    site.router.routes.append(mount)


def make_api(app: App) -> FastAPI:
    """The API of an open desk."""
    api = FastAPI(title="Frontdesk", version="1", description=ABOUT, docs_url=None, redoc_url=None)
    routes = APIRouter()
    api.state.gate = gate = Gate(app)
    add_tickets(routes, app)
    add_webhooks(routes, app, gate)
    api.include_router(routes)
    add_problems(api)
    add_docs(api)
    api.add_middleware(MostBytes, most=app.settings.api_bytes)
    api.openapi = lambda: _document(api)  # type: ignore[method-assign]
    return api


def _document(api: FastAPI) -> dict[str, object]:
    """The OpenAPI document, with the one shape of everything that goes wrong."""
    if api.openapi_schema is None:
        made = get_openapi(
            title=api.title,
            version=api.version,
            description=api.description,
            routes=api.routes,
            servers=[{"url": "/api"}],
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for model in (Problem, FieldError):
            shape = model.model_json_schema(ref_template="#/components/schemas/{model}")
            shape.pop("$defs", None)
            schemas[model.__name__] = shape
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        api.openapi_schema = made
    return api.openapi_schema
