"""No promise that the desk does not keep: it answers and hands over, and does nothing else.

A sentence that stands word for word in a cited source may be said: there the operator speaks of
what the staff does. Hand-over wording is true only after a hand-off that is on record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from router import wording
from router.records import CheckResult, Objection
from router.validate.check import result
from router.validate.draft import Draft
from router.validate.hidden import straight, visible
from router.validate.sentences import Sentence, sentences

_WE = (
    r"(?:i|we|our (?:\w+ ){0,2}(?:team|staff|department|specialists?|colleagues?|agents?)"
    r"|the (?:\w+ ){0,2}(?:team|department|specialists?|agents?))"
)
_SOMEBODY = (
    r"(?:i|we|some ?one(?: \w+){0,4}|some ?body(?: \w+){0,4}"
    r"|(?:an?|one of (?:our|my)|my|our|the|another|a human) (?:\w+ ){0,3}(?:agents?|colleagues?"
    r"|representatives?|specialists?|teams?|staff|experts?|engineers?|managers?|supervisors?"
    r"|persons?|members?|departments?|human|advisors?)(?: (?:of|from|on|in) \w+(?: \w+){0,3})?"
    r"|they|you)"
)
_HAVE = r"(?:'ve| have|'m| am|'re| are|'ll| will|'d| had)?"
_OFTEN = (
    r"(?: (?:just|now|already|also|successfully|gone ahead and|been|be|being|went ahead and|"
    r"immediately|right away|directly|kindly|personally|currently))*"
)
_WILL = (
    r"(?:'ll| will| shall|'m going to| am going to|'re going to| are going to| is going to"
    r"|'s going to| can(?! only)| would| should|'m about to| plan to| promise to)"
)

_TRANSFER = re.compile(
    rf"\b{_WE}{_HAVE}{_OFTEN} (?:transferr?|forward|escalat|pass|hand|redirect|connect|rout|rerout"
    rf"|assign|loop|refer|put)(?:e|ed|ing|t?ting)?\b(?! (?:rules?|pages?))"
    rf"[^.!?]{{0,30}}\b(?:you|this|your|it|the (?:ticket|case|matter|issue|request)|in|on)\b"
    rf"|\b(?:you|this|it|your (?:ticket|case|request|issue|matter|message|question))"
    rf"(?:'ve| have| has|'re| are| is|'ll| will|'s| was| were){_OFTEN} (?:transferred|forwarded"
    rf"|escalated|passed (?:on|along|over)|handed (?:over|off)|redirected|connected|routed"
    rf"|assigned|referred)\b"
    rf"|\b(?:transferring|connecting|escalating|forwarding|redirecting) (?:you|this|your|it)\b"
    rf"|\blet me (?:transfer|connect|forward|escalate|pass|hand|redirect|put) (?:you|this|your|it)"
    rf"|\bputting you through\b|\bopen(?:ed)? a (?:ticket|case) (?:for you|with)\b",
    re.I,
)
_CONTACT = re.compile(
    rf"\b{_SOMEBODY}{_WILL}{_OFTEN} (?:call|contact|reach|get back|come back to|e-?mail|phone|ring"
    rf"|message|be in touch|follow up|follow-up|respond|reply|write (?:back|to you)|get in touch"
    rf"|hear (?:back )?from|notify you|let you know|keep you|update you|review (?:this|your|it)"
    rf"|look (?:at|into) (?:this|your|it)|take (?:a look|over|care)|assist you shortly"
    rf"|be with you|be contacted|be notified)\b"
    rf"|\b(?:expect|await) (?:a|our) (?:call|reply|response|e-?mail)\b"
    rf"|\b(?:talk|speak) to you (?:soon|later)\b|\bget back to you\b",
    re.I,
)
_DID = (
    r"(?:refunded|reimbursed|credited|cancelled|canceled|reset|updated|changed|issued|processed"
    r"|upgraded|downgraded|created|opened|fixed|resolved|repaired|escalated|deleted|removed|added"
    r"|sent|applied|scheduled|booked|submitted|logged|filed|raised|notified|informed|contacted"
    r"|asked|approved|activated|deactivated|enabled|disabled|unlocked|restored|restarted|corrected"
    r"|adjusted|reported|flagged|noted|recorded|registered|arranged|ordered|extended|waived"
    r"|reversed|initiated|verified|confirmed|checked|reviewed|investigated|paused|merged|moved"
    r"|emailed|e-mailed|called|reactivated|renewed|charged|stopped|set up|taken care of)"
)
_DONE = re.compile(
    rf"\b{_WE}(?:'ve| have| had)?{_OFTEN} {_DID}\b"
    rf"|\byour (?:\w+ ){{1,4}}?(?:has|have|was|were)(?: (?:now|just|already|successfully|been"
    rf"|being))* (?:\w+ )?{_DID}\b|\byour (?:\w+ ){{1,4}}?(?:is|are)(?: now)? being {_DID}\b"
    rf"|\byour (?:refund|request|cancellation|order|change) (?:is|has been|was) (?:now )?"
    rf"(?:approved|on its way|complete|completed|processed|confirmed)\b",
    re.I,
)
_DO = (
    r"(?:refund|reimburse|credit|cancel|reset|update|change|issue|process|upgrade|downgrade|create"
    r"|open|fix|resolve|repair|solve|delete|remove|add|send|apply|schedule|book|submit|log|file"
    r"|raise|notify|inform|ask|approve|activate|enable|disable|unlock|restore|restart|correct"
    r"|adjust|report|flag|extend|waive|reverse|initiate|verify|confirm|check|investigate|look into"
    r"|make sure|ensure|see to it|take care|monitor|keep an eye|handle|sort|work on|arrange|stop"
    r"|set (?:this|that|it) up|have (?:this|that|it)|get (?:this|that|it))"
)
_FUTURE = re.compile(
    rf"\b(?:i|we|{_WE})(?:'ll| will| shall|'m going to| am going to|'re going to| are going to"
    rf"|'m now going to)(?! (?:not|never|only))"
    rf"{_OFTEN} {_DO}\b"
    rf"|\b(?:i|we)(?:'m| am|'re| are)(?: (?:now|currently|already))* (?:working|looking|checking"
    rf"|processing|investigating|fixing|reviewing|contacting|on it|refunding|cancell?ing"
    rf"|resolving)\b"
    rf"|\blet me (?:check|look|investigate|see what|fix|ask|find out|process|cancel|refund)\b"
    rf"|\b(?:one|a) (?:moment|second|minute),? please\b|\bplease (?:hold|stand by|bear with)\b"
    rf"|\bgive me (?:a|one) (?:moment|second|minute)\b|\bhang tight\b|\bhold on\b"
    rf"|\b(?:i|we) (?:promise|guarantee|assure you)\b|\byou have my word\b|\brest assured\b"
    rf"|\b(?:this|it|that|the (?:\w+ ){{1,2}}) ?(?:'ll| will) be (?:fixed|resolved|solved|repaired"
    rf"|sorted|refunded|taken care of|looked (?:at|into))\b",
    re.I,
)
_KINDS = {
    "transfer": (_TRANSFER, "says that the matter was or will be handed over, which is not so"),
    "contact": (_CONTACT, "promises that somebody will get in touch or look at it"),
    "done": (_DONE, "claims that something was done, which the desk cannot do"),
    "future": (_FUTURE, "promises that the desk will do something"),
}


class Promises:
    """No sentence promises or claims what the desk does not do."""

    id = "promises"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        """Object to each sentence that does."""
        quoted = {s.text for c in draft.citations for s in sentences(visible(c.quote))}
        text = visible(draft.text)
        if draft.kind == "notice":  # only what the desk itself says after it was done
            text = text.replace(wording.HANDED_OVER, "")
        return result(
            self,
            (
                objection
                for sentence in sentences(text)
                if sentence.text not in quoted
                for objection in _objections(sentence, draft.handed_off)
            ),
        )


def promised(text: str) -> str:
    """The kind of promise that one sentence makes; empty if it makes none."""
    text = straight(text)
    return next((kind for kind, (pattern, _) in _KINDS.items() if pattern.search(text)), "")


def _objections(sentence: Sentence, handed_off: bool) -> Iterator[Objection]:
    kind = promised(sentence.text)
    if not kind or (kind == "transfer" and handed_off):
        return
    message = f"Sentence {sentence.number} {_KINDS[kind][1]}. Leave it out."
    yield Objection(f"promise.{kind}", message)
