"""The document of the API, and a page that shows it: plain HTML, nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment, select_autoescape

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ info.title }}: API</title><style>
:root { color-scheme: light dark; --line: light-dark(#ccc, #444); --soft: light-dark(#555, #bbb); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
section { border-top: 1px solid var(--line); padding: .5rem 0; }
code { font-family: ui-monospace, monospace; } .soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .2rem .6rem;
border-bottom: 1px solid var(--line); vertical-align: top; }
</style></head><body><main>
<h1>{{ info.title }}: API</h1><p>{{ info.description }}</p>
<p>For programs: <a href="openapi.json">openapi.json</a>.</p>
{% for path, method, about in routes %}<section>
<h2><code>{{ method|upper }} /api{{ path }}</code></h2>
<p>{{ about.description or about.summary }}</p>
{% if about.parameters %}<table><caption class="soft">Parameters</caption>
<tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">What it is</th></tr>
{% for one in about.parameters %}<tr><td><code>{{ one.name }}</code></td><td>{{ one.in }}</td>
<td>{{ one.description or one.schema.title }}</td></tr>{% endfor %}</table>{% endif %}
{% if about.body %}<table><caption class="soft">Body: <code>{{ about.body }}</code></caption>
<tr><th scope="col">Field</th><th scope="col">What it is</th></tr>
{% for name, field in schemas[about.body].properties.items() %}<tr><td><code>{{ name }}</code>
{% if name in schemas[about.body].required|default([]) %}(needed){% endif %}</td>
<td>{{ field.description or field.title }}</td></tr>{% endfor %}</table>{% endif %}
<p class="soft">Answers: {% for status, what in about.responses.items() %}<code>{{ status }}</code>
{{ what.description }}{{ ", " if not loop.last }}{% endfor %}</p></section>{% endfor %}
</main></body></html>
"""

_page = Environment(autoescape=select_autoescape(default=True)).from_string(PAGE)


def add_docs(api: FastAPI) -> None:
    """Serve the page at /docs, beside the document at /openapi.json."""

    @api.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        document = api.openapi()
        return HTMLResponse(
            _page.render(
                info=document["info"],
                routes=_routes(document),
                schemas=document["components"]["schemas"],
            )
        )


def _routes(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, about | {"body": _body(about)})
        for path, methods in document["paths"].items()
        for method, about in methods.items()
    ]


def _body(about: dict[str, Any]) -> str:
    """The name of the shape of a request's body; "" if it has none."""
    content = about.get("requestBody", {}).get("content", {}).get("application/json", {})
    return str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
