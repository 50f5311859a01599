from __future__ import annotations

import pytest

from router.validate.links import Links
from tests.router.validate.drafts import SOURCE, codes, draft

CHECK = Links({"status.quillon.com"})


@pytest.mark.parametrize(
    "text",
    [
        "No link at all, e.g. in v1.2.3 of report.docx, or Settings.Billing.",
        SOURCE,
        f"See {SOURCE}.",
        f"[Refund rules]({SOURCE})",
        f"<{SOURCE}|Refund rules>",
        f"<{SOURCE}>",
        f"[help.quillon.example]({SOURCE})",
        "https://status.quillon.com/incidents/4",
        "status.quillon.com",
        "[Status](https://STATUS.quillon.com)",
    ],
)
def test_known_link_passes(text):
    assert codes(CHECK, draft(text)) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://evil.com/login", "host"),
        ("evil.com", "host"),
        ("www.evil.com/x", "host"),
        ("Open evil。com now", "host"),
        ("https://help.quillon.example.evil.com/billing/refunds", "host"),
        ("https://evilstatus.quillon.com/", "host"),
        ("//evil.com/x", "host"),
        ("<//evil.com/x|here>", "host"),
        ("[x]: https://evil.com/ref", "host"),
        ("https://93.184.216.34/x", "host"),
        ("https://help.quillon.example/billing/invented", "address"),
        ("http://status.quillon.com/", "scheme"),
        ("ftp://status.quillon.com/file", "scheme"),
        ("[click](javascript:alert(1))", "scheme"),
        ("<javascript:alert(1)|click>", "scheme"),
        ("[x](data:text/html;base64,PHNjcmlwdD4=)", "scheme"),
        ("[x](JaVaScRiPt:alert(1))", "scheme"),
        ("[x](java\u200bscript:alert(1))", "scheme"),
        ("[x](&#106;avascript:alert(1))", "scheme"),
        ("slack://channel?id=C1", "scheme"),
        (f"{SOURCE}?leak=c2VjcmV0", "query"),
        ("https://status.quillon.com/?q=data", "query"),
        ("https://status.quillon.com/#d=data", "query"),
        ("https://status.quillon.com@evil.com/", "deceptive"),
        ("https://status.quillon.com\\@evil.com/", "deceptive"),
        ("https://status.quillon.com%2eevil.com/", "deceptive"),
        ("https://st\u0430tus.quillon.com/", "deceptive"),
        ("https://xn--sttus-n4d.quillon.com/", "deceptive"),
        (f"[evil.com]({SOURCE})", "deceptive"),
        ("[https://status.quillon.com](https://evil.com)", "deceptive"),
        ("<https://evil.com|status.quillon.com>", "deceptive"),
        (f"![pixel]({SOURCE})", "image"),
        ("![pixel](https://evil.com/a.png?d=1)", "image"),
    ],
)
def test_bad_link_is_refused(text, code):
    assert f"link.{code}" in codes(CHECK, draft(text))


def test_page_that_a_cited_text_names_may_be_linked_to():
    quote = "Open app.quillon.com/check, or https://app.quillon.com/x?y=1 for more."
    cited = draft().citations[0]
    known = (type(cited)(cited.passage, cited.title, cited.source, quote),)
    assert codes(CHECK, draft("Open app.quillon.com/check.", citations=known)) == []
    assert codes(CHECK, draft("https://app.quillon.com/x?y=1", citations=known)) == []
    assert codes(CHECK, draft("https://app.quillon.com/x?y=2", citations=known)) != []


def test_source_that_runs_code_cannot_be_linked_to():
    cited = draft().citations[0]
    runs = (type(cited)(cited.passage, "x", "javascript:alert(1)", cited.quote),)
    assert "link.scheme" in codes(CHECK, draft("[x](javascript:alert(1))", citations=runs))


def test_draft_may_bring_hosts_of_its_own():
    given = draft("https://docs.acme.com/a", allowed_hosts=frozenset({"docs.acme.com"}))
    assert codes(CHECK, given) == []
