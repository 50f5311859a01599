from __future__ import annotations

import pytest

from frontdesk import Citation
from router.validate.citations import Citations
from tests.router.validate.drafts import PASSAGE, SOURCE, VERBATIM, codes, draft

CHECK = Citations()


def cited(passage="refunds:1", source=SOURCE, quote=VERBATIM):
    return draft(citations=(Citation(passage, "Refund rules", source, quote),))


def test_real_citation_passes():
    assert codes(CHECK, cited()) == []
    assert codes(CHECK, cited(quote=VERBATIM.replace(" ", "\n  "))) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (cited(passage="made-up"), "citation.unknown"),
        (cited(source="https://evil.example/refunds"), "citation.source"),
        (cited(quote=VERBATIM.replace("14", "30")), "citation.quote"),
        (cited(quote=VERBATIM.upper()), "citation.quote"),
        (cited(quote=" \n"), "citation.quote"),
        (draft(citations=()), "citation.none"),
        (draft(passages=()), "citation.unknown"),
    ],
)
def test_citation_that_cannot_be_proven_is_refused(given, code):
    assert codes(CHECK, given) == [code]


def test_question_needs_no_citation_but_may_not_invent_one():
    assert codes(CHECK, draft("Which one?", "question", citations=())) == []
    assert codes(CHECK, draft("Which one?", "question", passages=())) == ["citation.unknown"]


def test_passage_is_the_proof_not_its_title():
    other = Citation("refunds:1", "Anything", PASSAGE.source, VERBATIM)
    assert codes(CHECK, draft(citations=(other,))) == []
