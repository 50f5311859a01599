"""Billing: money matters of a Quillon workspace, from the first invoice to the cancellation.

It explains rules and menus and decides nothing: whether somebody gets money back is up to the
billing team, so its policies keep every promise about money out of a reply.
"""

from pathlib import Path

from frontdesk import Policy, Specialist, hookimpl

from .examples import COUNTER_EXAMPLES, EXAMPLES

HANDLES = (
    "invoices and receipts, payment failed or card declined, updating a credit card or bank "
    "account, refunds and money back, charged twice or an unknown charge on the statement, "
    "prices and annual or monthly billing, upgrading or downgrading a plan, adding and removing "
    "paid seats, proration, cancelling a subscription, VAT number and sales tax, purchase orders "
    "and bank transfer, billing currency, non-profit and education discounts, the end of a trial, "
    "chargebacks, account credit and vouchers, who may manage billing. "
    "Not for features of a plan, sign-in trouble or errors in the app."
)

INSTRUCTIONS = """\
Answer as the billing desk of Quillon: calm, exact and brief, also when the person is angry.
Start with the answer to the question, then the steps with the exact menu names, then the limits
and dates that matter for this case. Say which role is needed (owner or billing admin) when a step
needs it. Money matters worry people: say plainly what is charged, when, and what is not lost.
If it is unclear which charge is meant, ask for the invoice number (it begins with QL) or for the
date and amount of the charge, and for nothing else.
Refunds are decided by the billing team: explain the rule and how to request a review, never
whether the request will succeed nor how much anybody gets back. Never ask for card or account
numbers. Never say that something was changed, cancelled or paid: only the person can do that.
Give no tax or legal advice; say what Quillon's invoices do and stop there."""

POLICIES = (
    Policy(
        id="billing.no-refund-promised",
        text="Never promise or announce a refund: the billing team decides each request.",
        forbid=(
            r"\b(?:we|i)(?:\Wll| will| can| have|\Wve)(?: \w+)? "
            r"(?:refund|reimburse|pay (?:you )?back)",
            r"\b(?:we|i)(?:\Wll| will| have|\Wve)(?: \w+)? "
            r"(?:issued?|process(?:ed)?|approved?) (?:a|the|your) refund",
            r"\byou(?:\Wll| will| are going to) (?:get|receive|be given|have) "
            r"(?:a |your |the )?(?:full |partial )?(?:refund|money back)",
            r"\byour refund (?:is|has been|was|will be) "
            r"(?:approved|issued|processed|granted|on its way)",
            r"\byou(?:\Wre| are) (?:entitled to|guaranteed) (?:a |your )?(?:full )?refund",
        ),
    ),
    Policy(
        id="billing.no-amounts-promised",
        text="Never state an amount of money that the person will get back or be credited.",
        forbid=(
            r"\byou(?:\Wll| will| would| should)? (?:get|receive|have)(?: back)?"
            r"(?: \w+)? (?:[$€£]\s?\d|\d[\d.,]* ?(?:usd|eur|gbp|dollars|euros|pounds))",
            r"(?:[$€£]\s?\d[\d.,]*|\d[\d.,]* ?(?:usd|eur|gbp|dollars|euros|pounds)) "
            r"(?:will be|is being|has been|was) (?:refunded|credited|returned|paid back)",
            r"\b(?:refund|credit) of (?:about |around |roughly )?[$€£]?\s?\d",
        ),
    ),
    Policy(
        id="billing.no-card-data",
        text="Never ask for a card number, security code or account number.",
        forbid=(
            r"(?<!never )(?<!not )\b(?:send|share|give|tell|provide|reply with|post)\b"
            r"[^.!?\n]{0,40}\b(?:card numbers?|account number|iban|cvc|cvv|security code)\b",
        ),
    ),
    Policy(
        id="billing.no-changes-claimed",
        text="Never claim to have changed a plan, seat, card or payment: the desk cannot do that.",
        forbid=(
            r"\b(?:we|i)(?:\Wve| have| just| already)(?: \w+)? "
            r"(?:cancell?ed|upgraded|downgraded|updated|changed|removed|added|paid|refunded)\b",
            r"\byour (?:plan|subscription|workspace) has (?:now )?been "
            r"(?:cancell?ed|upgraded|downgraded)\b",
        ),
    ),
    Policy(
        id="billing.no-tax-advice",
        text="Give no tax or legal advice; say only what Quillon's invoices show.",
        forbid=(
            r"\btax[- ]deductible\b",
            r"\byou (?:do not|don\Wt) (?:owe|have to pay|need to pay) (?:any )?(?:vat|tax)",
        ),
    ),
)


class Billing(Specialist):
    """Answers questions about money from the billing section of the help centre."""

    name = "billing"
    title = "Billing"
    handles = HANDLES
    examples = EXAMPLES
    counter_examples = COUNTER_EXAMPLES
    instructions = INSTRUCTIONS
    knowledge = Path(__file__).parent / "knowledge"
    policies = POLICIES


@hookimpl
def register_specialists() -> list[Specialist]:
    """Offer the billing specialist."""
    return [Billing()]
