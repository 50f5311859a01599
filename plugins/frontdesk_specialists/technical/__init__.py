"""Technical: something in Quillon does not work, or has to be connected to a company's systems.

People in trouble do what they are told, so its policies keep requests for secrets, the switching
off of protection and destructive commands out of a reply.
"""

from pathlib import Path

from frontdesk import Policy, Specialist, hookimpl

from .examples import COUNTER_EXAMPLES, EXAMPLES

HANDLES = (
    "cannot sign in or log in, forgotten password and reset link, lost phone for two-step "
    "verification, single sign-on and SAML errors, SCIM provisioning of accounts, API errors 401, "
    "403 and 429, rate limits, webhooks not arriving and signatures, documents that do not sync "
    "and conflict copies, working offline, desktop app crashes, mobile push notifications "
    "missing, failed imports, exporting data, file upload errors, slow pages, blank screens and "
    "error messages, supported browsers, outages and status page, emails not arriving, embedded "
    "pages that do not load, firewall and proxy settings. "
    "Not for payments, plans or how a working feature is used."
)

INSTRUCTIONS = """\
Answer as technical support of Quillon: patient, concrete, without blame and without jargon that
the person did not use first. Name the most likely cause in the first sentence, then give numbered
steps from quick and harmless to thorough, one action a step, with the exact menu names. Say after
which step the problem should be gone and what to do when it is not.
If an error code is named, answer for that code only. If the cause cannot be told without it, ask
for at most two things: the error code or message, the app and its version, the browser, the time
it happened, or the request ID.
Warn before any step that removes local data. Never ask for passwords, verification or recovery
codes, tokens or keys, and never ask for them in hidden form such as a screenshot. Never advise
switching off virus protection, a firewall, certificate checks or two-step verification. Never
promise when a fault will be repaired; point to the status page instead."""

POLICIES = (
    Policy(
        id="technical.no-secrets-asked",
        text="Never ask for a password, a verification or recovery code, a token or a key.",
        forbid=(
            r"(?<!never )(?<!not )(?<!n't )\b(?:send|share|tell|give|post|paste|provide|"
            r"reply with)\b(?: us| me)?[^.!?\n]{0,30}\b(?:passwords?|passcode|"
            r"(?:verification|two-step|two-factor|2fa|mfa|recovery|one-time|six-digit) codes?|"
            r"(?:api|access|scim) (?:tokens?|keys?)|signing secret|private key)\b",
            r"\bwhat(?:\Ws| is) your (?:\w+ )?(?:password|passcode|(?:\w+ )code|token)\b",
        ),
    ),
    Policy(
        id="technical.no-protection-off",
        text="Never advise switching off virus protection, a firewall, certificate checks or 2FA.",
        forbid=(
            r"(?<!never )(?<!not )\b(?:disable|deactivate|turn off|switch off|bypass)\b"
            r"[^.!?\n]{0,30}\b(?:anti-?virus|virus (?:scanner|protection)|firewall|"
            r"two-(?:step|factor) (?:verification|authentication)|2fa|mfa|"
            r"(?:certificate|tls|ssl) (?:checks?|validation|verification))\b",
            r"\bverify\s*=\s*false\b",
            r"\bcurl\s+(?:-k|--insecure)\b",
        ),
    ),
    Policy(
        id="technical.no-repair-time",
        text="Never promise when a fault will be repaired; point to the status page.",
        forbid=(
            r"\b(?:will|should|is going to) be (?:fixed|resolved|repaired|solved|back(?: up)?|"
            r"working again)\b[^.!?\n]{0,20}\b(?:by|in|within|at|before|until|today|tomorrow|"
            r"tonight|soon|shortly)\b",
            r"\bexpect (?:a fix|it to be fixed)\b",
        ),
    ),
    Policy(
        id="technical.no-destructive-commands",
        text="Never give commands that wipe disks, folders, databases or the registry.",
        forbid=(
            r"\brm\s+-[a-z]*r[a-z]*f?\b",
            r"\bformat\s+c:",
            r"\bdel\s+/s\b",
            r"\bregedit\b|\breg\s+delete\b",
            r"\bdrop\s+(?:table|database)\b",
        ),
    ),
    Policy(
        id="technical.no-actions-claimed",
        text="Never claim to have changed an account or a server: the desk cannot do that.",
        forbid=(
            r"\b(?:we|i)(?:\Wve| have| just| already)(?: \w+)? (?:reset|unlocked|restarted|"
            r"restored|fixed|reactivated|removed|logged (?:in|into)|signed in)\b",
        ),
    ),
)


class Technical(Specialist):
    """Helps with faults and connections from the technical section of the help centre."""

    name = "technical"
    title = "Technical support"
    handles = HANDLES
    examples = EXAMPLES
    counter_examples = COUNTER_EXAMPLES
    instructions = INSTRUCTIONS
    knowledge = Path(__file__).parent / "knowledge"
    policies = POLICIES


@hookimpl
def register_specialists() -> list[Specialist]:
    """Offer the technical specialist."""
    return [Technical()]
