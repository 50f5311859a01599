"""The three specialists that come with the desk, checked on their real files."""

import ast
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import frontmatter
import pytest

import frontdesk_specialists
from frontdesk import Specialist

HELP_CENTRE = "https://help.quillon.example/"
HOME = Path(frontdesk_specialists.__file__).parent
NAMES = ("billing", "technical", "product")
TICKETS = Path(__file__).parents[2] / "examples" / "tickets.csv"


def load(name: str) -> Specialist:
    (specialist,) = import_module(f"frontdesk_specialists.{name}").register_specialists()
    assert isinstance(specialist, Specialist)
    return specialist


def articles(name: str) -> list[frontmatter.Post]:
    folder = load(name).knowledge
    assert folder is not None
    return [frontmatter.load(str(path)) for path in sorted(folder.glob("*.md"))]


def every_article() -> list[frontmatter.Post]:
    return [article for name in NAMES for article in articles(name)]


def sentences(text: str) -> list[str]:
    plain = re.sub(r"[*`]|^#+ |^- |^\d+\. ", "", text, flags=re.MULTILINE)
    return [part for part in re.split(r"(?<=[.!?])\s+|\n", plain) if part.strip()]


def violations(specialist: Specialist, text: str) -> Iterator[str]:
    for policy in specialist.policies:
        if any(re.search(pattern, text, re.IGNORECASE) for pattern in policy.forbid):
            yield policy.id


@pytest.fixture(scope="module", params=NAMES)
def specialist(request: pytest.FixtureRequest) -> Specialist:
    return load(request.param)


def test_each_specialist_bears_the_name_of_its_module() -> None:
    assert tuple(load(name).name for name in NAMES) == NAMES


def test_each_specialist_says_what_it_handles_and_how_it_answers(specialist: Specialist) -> None:
    assert specialist.handles.count(",") >= 10
    assert len(specialist.instructions) > 300


def test_each_specialist_has_enough_different_examples(specialist: Specialist) -> None:
    assert len({example.casefold() for example in specialist.examples}) >= 25
    assert len(specialist.examples) <= 40
    assert 5 <= len(specialist.counter_examples) <= 8


def test_no_message_is_an_example_of_two_things() -> None:
    listed = Counter(
        message.casefold()
        for name in NAMES
        for message in (*load(name).examples, *load(name).counter_examples)
    )
    assert [message for message, times in listed.items() if times > 1] == []


def test_help_centre_has_some_sixty_articles() -> None:
    assert len(every_article()) >= 55
    assert min(len(articles(name)) for name in NAMES) >= 15


@pytest.mark.parametrize("name", NAMES)
def test_front_matter_gives_title_source_and_date(name: str) -> None:
    for article in articles(name):
        assert set(article.keys()) == {"title", "source", "updated"}
        assert isinstance(article["title"], str)
        assert article["title"].strip()
        assert article["source"].startswith(f"{HELP_CENTRE}{name}/")
        assert isinstance(article["updated"], date)
        assert article["updated"].year == 2026


@pytest.mark.parametrize("name", NAMES)
def test_source_ends_in_the_name_of_the_file(name: str) -> None:
    slugs = {article["source"].rsplit("/", 1)[-1] for article in articles(name)}
    assert slugs == {path.stem for path in (HOME / name / "knowledge").iterdir()}


def test_titles_and_sources_are_unique() -> None:
    for field in ("title", "source"):
        values = [article[field] for article in every_article()]
        assert len(values) == len(set(values))


def test_articles_are_long_enough_to_answer_and_short_enough_to_read() -> None:
    for article in every_article():
        assert 120 <= len(article.content.split()) <= 300, article["title"]


def test_links_between_articles_lead_somewhere() -> None:
    known = {article["source"] for article in every_article()}
    linked = {
        link
        for article in every_article()
        for link in re.findall(r"https://help\.quillon\.example/[\w/-]*", article.content)
    }
    assert linked
    assert linked <= known


def test_articles_name_hosts_of_the_reserved_domain_only() -> None:
    for article in every_article():
        for host in re.findall(r"https?://([^/\s)`]+)", article.content):
            assert host.endswith(".example"), (article["title"], host)


def test_articles_ping_nobody_and_hold_no_address_of_a_person() -> None:
    for article in every_article():
        assert "@" not in article.content, article["title"]
        assert "<!" not in article.content, article["title"]


def test_articles_do_not_lean_on_other_sentences() -> None:
    leaning = re.compile(r"\b(?:see above|see below|as mentioned|the following)\b", re.IGNORECASE)
    for article in every_article():
        assert not leaning.search(article.content), article["title"]


def test_policies_have_distinct_names_and_patterns_that_compile(specialist: Specialist) -> None:
    assert 3 <= len(specialist.policies) <= 5
    assert len({policy.id for policy in specialist.policies}) == len(specialist.policies)
    for policy in specialist.policies:
        assert policy.id.startswith(f"{specialist.name}.")
        assert policy.text
        assert policy.forbid
        for pattern in policy.forbid:
            re.compile(pattern, re.IGNORECASE)


def test_no_sentence_of_an_article_breaks_a_policy(specialist: Specialist) -> None:
    for article in articles(specialist.name):
        for sentence in (*sentences(article.content), article.content):
            assert list(violations(specialist, sentence)) == [], sentence


@pytest.mark.parametrize(
    ("name", "policy", "reply"),
    [
        ("billing", "no-refund-promised", "No worries, we will refund the second payment."),
        ("billing", "no-refund-promised", "You'll get a full refund within a week."),
        ("billing", "no-refund-promised", "Your refund has been approved."),
        ("billing", "no-amounts-promised", "You will receive about $38.40 on your card."),
        ("billing", "no-amounts-promised", "96 EUR will be credited to the account."),
        ("billing", "no-card-data", "Please send us your full card number to check."),
        ("billing", "no-changes-claimed", "I have now cancelled the plan for you."),
        ("billing", "no-tax-advice", "The subscription is tax-deductible in Germany."),
        ("technical", "no-secrets-asked", "Please send me your password and I will look."),
        ("technical", "no-secrets-asked", "Reply with the six-digit code from the app."),
        ("technical", "no-secrets-asked", "What is your recovery code?"),
        ("technical", "no-protection-off", "Turn off your firewall and try again."),
        ("technical", "no-protection-off", "Call it with verify=False for now."),
        ("technical", "no-repair-time", "The fault will be fixed by tomorrow."),
        ("technical", "no-destructive-commands", "Run rm -rf on the cache folder."),
        ("technical", "no-actions-claimed", "I've already reset the account."),
        ("product", "no-release-dates", "Gantt charts will be released in Q3."),
        ("product", "no-release-dates", "A Linux app is coming soon."),
        ("product", "no-guarantees", "We guarantee that nothing is ever lost."),
        ("product", "no-guarantees", "Quillon is HIPAA compliant."),
        ("product", "no-comparisons", "It is easier than Notion for most teams."),
        ("product", "no-special-prices", "There is 15% off for new customers."),
    ],
)
def test_policy_catches_the_reply_it_is_there_for(name: str, policy: str, reply: str) -> None:
    assert list(violations(load(name), reply)) == [f"{name}.{policy}"]


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("billing", "The billing team decides on a refund case by case."),
        ("billing", "Please tell me the invoice number, which begins with QL."),
        ("billing", "Never send a full card number in a message."),
        ("technical", "Do not share your password or a recovery code with anybody."),
        ("technical", "The status page shows when the service is back."),
        ("product", "Custom domains are available on Business and Enterprise."),
    ],
)
def test_policy_leaves_good_replies_alone(name: str, reply: str) -> None:
    assert list(violations(load(name), reply)) == []


@pytest.mark.parametrize(
    "path", sorted(HOME.rglob("*.py")), ids=lambda p: f"{p.parent.name}.{p.stem}"
)
def test_specialists_import_only_the_contract_and_the_standard_library(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            assert node.level == 1
            assert node.module
            assert (path.parent / f"{node.module}.py").exists()
            continue
        modules = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        for module in modules:
            assert module.split(".")[0] in {"frontdesk", *sys.stdlib_module_names}


def test_sample_tickets_cover_every_outcome_and_repeat_no_example() -> None:
    with TICKETS.open(encoding="utf-8", newline="") as file:
        tickets = list(csv.DictReader(file))
    assert Counter(ticket["expected"] for ticket in tickets) == {
        "billing": 18,
        "technical": 18,
        "product": 18,
        "human": 3,
        "billing+technical": 1,
        "product+billing": 1,
        "technical+product": 1,
    }
    assert len({ticket["id"] for ticket in tickets}) == len(tickets)
    learned = {text.casefold() for name in NAMES for text in load(name).examples}
    assert not learned & {ticket["text"].casefold() for ticket in tickets}
