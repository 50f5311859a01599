"""The console: pages for the people who review what the desk did.

How a room of pages joins (see `explorer.py` for one at work):

    router = APIRouter(include_in_schema=False)
    LINKS = (Link("Reviews", "/reviews", "inbox", (Role.REVIEWER,)),)

    @router.get("/reviews")
    async def queue(request: Request, here: Here, visitor: Reviewer) -> Response:
        rows = await here.app.store.read(...)
        return here.page(request, visitor, "reviews/queue.html", rows=rows)

    @router.post("/reviews/{case}/verdict")
    async def judge(request: Request, here: Here, visitor: Lead, verdict: Annotated[str, Form()]):
        ...
        return here.go(request, "/reviews", "Your verdict is on record.")

and one line in `rooms.py`: `Room(reviews.router, reviews.LINKS)`.

- `Here` (`base.py`) is the console: `here.app` the open desk, `here.page(...)` renders a template,
  `here.go(...)` redirects after a POST with a message shown once (`kind="bad"` for bad news).
- `Anyone, Reviewer, Reader (reviewer or privacy), Lead, Privacy, Admin` (`access/visitor.py`) are
  the visitor; the annotation is the check of the role *and* of the form's CSRF token. For other
  sets of roles: `Annotated[Visitor, Depends(signed_in(Role.LEAD, Role.PRIVACY))]`.
  `visitor.actor` is the actor of facts, `visitor.may(Role.LEAD)`, `visitor.reads_texts`. To refuse
  something yourself raise `Refusal("word_for_the_record", "Sentence for people.")`; what is not
  there: `raise NotHere("There is no such case.")`.
- Templates live in `templates/<room>/`, begin with `{% extends "layout.html" %}` and fill the
  blocks `title`, `lead` (one line under the heading), `actions` (buttons beside it) and `main`.
  `{% import "macros.html" as ui with context %}` gives `ui.form(action)` (a POST form, by `call`,
  CSRF included), `ui.field`, `ui.select`, `ui.area`, `ui.check`, `ui.button`, `ui.chip(text, tone)`
  (tones: good, warn, bad, info, plain), `ui.card(title)`, `ui.empty`, `ui.pager(page)`, `ui.time`,
  `ui.id`, `ui.person`, `ui.stat`, `ui.kv`, `ui.ticket`, `ui.tabs`, `ui.bar`, `ui.meter`,
  `ui.text_or_hidden`; tables are `<div class="table"><table>…`.
  Filters: `share` (basis points), `money` (micro-dollars), `took` (microseconds), `ago`, `day`,
  `clock`, `stamp`, `words` (`snake_case` to words), `number`.
- Pages by key: `Page.of(rows, size, key=lambda row: row.id)` of `pager.py` for rows read with
  `limit=size + 1`; the next page is `?after=<key>`; `ui.pager(page)` shows the links.
- No inline styles or scripts (the CSP forbids them): classes in `static/*.css`, widths as
  attributes of SVG or `<meter>`. Own assets lie beside the others in `static/`; a stylesheet or a
  script of a room goes into the block `head`: `<script src="{{ asset('reviews.js') }}" defer>`.
"""
