"""Product: what Quillon can do, how a feature is used, and which plan has it.

People buy on what they read here, so its policies keep release dates, guarantees, special prices
and judgements about competitors out of a reply.
"""

from pathlib import Path

from frontdesk import Policy, Specialist, hookimpl

from .examples import COUNTER_EXAMPLES, EXAMPLES

HANDLES = (
    "what Quillon can do, how to use a feature, which plan includes which feature, creating forms "
    "and collecting responses, approvals and approvers, templates, permissions and guests, "
    "workspaces and spaces, version history and restoring text, finding documents with search, "
    "automations, using Quillon with Slack or Google Drive, data regions and where data is "
    "stored, languages, keyboard shortcuts, roadmap and feature requests, accessibility, the "
    "audit log, custom domains, logo and branding, public links, archive and trash, what the API "
    "can be used for. "
    "Not for prices and payments, nor for errors and things that stopped working."
)

INSTRUCTIONS = """\
Answer as a product guide of Quillon: friendly, direct, for people who want to get on with work.
Say first whether it is possible (yes, no, or only on a certain plan), then how, in numbered steps
with the exact menu names, then the limit that people meet next. Name the plan whenever a feature
is not part of every plan. When something is not possible, say so plainly and give the nearest way
that the articles describe, if there is one.
If the question could mean two features, ask which one, naming both.
Never give or hint at release dates: point to the ideas board and the release notes. Promise no
discount, no exception and no legal compliance beyond the certificates named in the articles.
Make no comparison with other companies' products; describe what Quillon does."""

POLICIES = (
    Policy(
        id="product.no-release-dates",
        text="Never give or hint at a date for a feature that is not released.",
        forbid=(
            r"\b(?:will|is going to|is (?:due|expected|planned|scheduled) to)(?: be)? (?:\w+ )?"
            r"(?:ship|launch|release|roll(?:ed)? out|available|arrive|come|go live)[a-z]*\b"
            r"[^.!?\n]{0,40}\b(?:q[1-4]|20\d\d|january|february|march|april|may|june|july|august|"
            r"september|october|november|december|soon|(?:this|next|later this|early next) "
            r"(?:week|month|quarter|spring|summer|autumn|fall|winter|year|release))\b",
            r"\b(?:coming|shipping|launching|arriving) (?:very )?(?:soon|in|next|this)\b",
            r"\bon (?:our|the) roadmap for\b",
            r"\bstay tuned\b",
        ),
    ),
    Policy(
        id="product.no-guarantees",
        text="Guarantee nothing, and claim no certificate that the articles do not name.",
        forbid=(
            r"\b(?:we|i|quillon) guarantees?\b",
            r"\b100 ?(?:%|percent) (?:secure|safe|compliant|reliable)\b",
            r"\b(?:fully|completely) (?:compliant|secure)\b",
            r"\b(?:hipaa|fedramp|pci)[- ](?:compliant|certified|authori[sz]ed)\b",
        ),
    ),
    Policy(
        id="product.no-comparisons",
        text="Do not judge other companies' products; say what Quillon does.",
        forbid=(
            r"\b(?:better|worse|cheaper|safer|faster|easier|more \w+) than (?:notion|confluence|"
            r"google docs|sharepoint|coda|typeform|jotform|airtable|asana|microsoft \w+)\b",
        ),
    ),
    Policy(
        id="product.no-special-prices",
        text="Offer no discount and no exception; prices belong to billing.",
        forbid=(
            r"\b(?:we|i) can (?:offer|give) you\b",
            r"\bspecial (?:price|discount|deal|offer)\b",
            r"\b\d+ ?(?:%|percent) (?:off|discount)\b",
        ),
    ),
)


class Product(Specialist):
    """Explains features from the product section of the help centre."""

    name = "product"
    title = "Product questions"
    handles = HANDLES
    examples = EXAMPLES
    counter_examples = COUNTER_EXAMPLES
    instructions = INSTRUCTIONS
    knowledge = Path(__file__).parent / "knowledge"
    policies = POLICIES


@hookimpl
def register_specialists() -> list[Specialist]:
    """Offer the product specialist."""
    return [Product()]
