"""Instructions to a model in a text that came in, noticed by their wording.

Rules see what is said, not what is meant: a request that is merely out of place has no such
wording. They mark text as suspicious, which lowers its trust; they never refuse a requester. No
single everyday word is a reason, since people write "ignore" and "system" every day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from router.validate.addresses import readable
from router.validate.hidden import straight, visible

PRIOR = (
    r"(?:previous|prior|above|earlier|preceding|foregoing|initial|original|existing|former|past)"
)
RULES = (
    r"(?:instructions?|prompts?|rules?|directions?|guidelines?|commands?|orders?|directives?"
    r"|polic(?:y|ies)|restrictions?|programming|training|context|text|messages?|conversations?"
    r"|system message)"
)
DROP = (
    r"(?:ignore|disregard|forget|override|overrule|bypass|skip|neglect|discard|drop|omit"
    r"|do not (?:follow|obey)|don't (?:follow|obey)|stop following|pay no attention to)"
)
_AI = r"(?:ai|chat ?gpt|gpt|bot|chatbot|language model|llm|assistant|model)"
_SYSTEM = r"(?:system|initial|original|hidden|secret|developer|first|your(?: own)?)"

INBOUND: tuple[tuple[str, int, str], ...] = (
    (
        "override",
        60,
        rf"\b{DROP}\b[^.!?\n]{{0,40}}\b(?:{PRIOR}|your|all|any|these|those|my|the"
        rf"|of the|given)\b[^.!?\n]{{0,25}}\b{RULES}\b",
    ),
    (
        "override",
        60,
        rf"\b{DROP}\b (?:all |everything |anything |what )?(?:of )?(?:the |that )?"
        r"(?:above|before|previous|i said|you (?:were|have been|know|are) )",
    ),
    ("override", 50, rf"\b(?:new|updated|real|actual) {RULES}\s*(?::|follow|are|is)"),
    (
        "persona",
        50,
        r"\b(?:you are|you're|act|behave|respond|pretend|roleplay|role-play|imagine"
        r"|simulate)\b[^.!?\n]{0,50}\b(?:dan|jailbroken|unrestricted|unfiltered"
        r"|uncensored|without (?:any )?(?:restrictions?|limits?|limitations?|filters?"
        r"|rules|guidelines|ethics|morals?)|no (?:restrictions?|limits?|limitations?"
        r"|filters?|rules|guidelines|ethics|morals?)|evil|amoral|immoral|unethical)\b",
    ),
    (
        "persona",
        50,
        r"\bdo anything now\b|\bdeveloper mode\b|\bjailbroken\b|\bstay in "
        r"character\b|\bDAN (?:mode|prompt|can|is|has)\b|\bgod ?mode\b|\bdebug mode\b"
        r"|\bmaintenance mode\b|\bopposite mode\b",
    ),
    (
        "persona",
        35,
        r"\b(?:from now on|hereby|henceforth|in this (?:conversation|chat))\b[^.!?\n]"
        r"{0,40}\b(?:you|act|behave|respond|answer|your)\b",
    ),
    (
        "persona",
        35,
        r"\b(?:you are|you're|you will (?:be|act as|become|play)|act as|pretend (?:to "
        r"be|you are|that you are)|play the role of|take (?:on )?the role of|roleplay "
        r"as|immerse yourself|(?:in(?:to)?) the (?:role|character) of|simulate)\b"
        r"(?! (?:right|welcome|able|correct|sure|not|still|the (?:best|only)))"
        r"[^.!?\n]{0,60}\b(?:a|an|the|my|another|character|persona)\b",
    ),
    (
        "unbound",
        50,
        rf"\b(?:no|without|free (?:of|from)|not bound by|break free|broken free"
        rf"|don't have|do not have|regardless of|ignor\w+|bypass\w*|disregard\w*)\b"
        rf"[^.!?\n]{{0,40}}\b(?:openai|content polic(?:y|ies)|ethical|moral(?:ity|s)?"
        rf"|restrictions|limitations|censorship|filters|guardrails|safety"
        rf" (?:measures|guidelines|filters|rules)|guidelines|confines of {_AI})\b",
    ),
    (
        "unbound",
        40,
        r"\b(?:never|don't|do not|cannot|can't|must not|won't) (?:refuse|decline|reject"
        r"|deny|say (?:that )?(?:you )?(?:can't|cannot|no\b|sorry)|apologi[sz]e|warn"
        r"|break character|mention (?:that )?(?:you|openai|ethic))",
    ),
    (
        "unbound",
        40,
        r"\b(?:uncensored|unfiltered|nsfw|amoral|no (?:moral|ethical)s?)\b[^.!?\n]{0,60}"
        r"\b(?:respon|answer|content|character|model|ai|bot|persona|mode|output|reply)",
    ),
    (
        "leak",
        60,
        rf"\b(?:reveal|show|print|repeat|output|display|tell|give|share|leak|expose|say"
        rf"|recite|spell|translate|summari[sz]e|write|copy|echo|encode|return|list|dump"
        rf"|what (?:is|are|was|were)|what's)\b[^.!?\n]{{0,40}}\b{_SYSTEM}\b[^.!?\n]{{0,20}}"
        rf"\b(?:prompt|instructions|directives|system message|initial message|guidelines)\b",
    ),
    (
        "leak",
        45,
        r"\b(?:reveal|tell|give|say|print|show|what(?:'s| is| was| are)|spell|output|write"
        r"|share|know|get|guess|encode|reverse|hint|leak)\b[^.!?\n]{0,50}\b(?:secret|hidden"
        r"|confidential) (?:key|word|code|password|phrase|message|information|number)\b",
    ),
    (
        "leak",
        45,
        r"\b(?:repeat|print|output|say|copy|translate|return) (?:back )?(?:everything|all"
        r"|the (?:text|words?|content|sentence|message)s?|your)\b[^.!?\n]{0,30}\b(?:above"
        r"|before|previous|verbatim|word for word|so far|started|beginning)\b",
    ),
    (
        "role",
        60,
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext)[^>\n]{0,20}\|?>|\[/?INST\]"
        r"|<</?SYS>>|<\/?(?:system|assistant|instructions?)>|\bBEGIN (?:SYSTEM|INSTRUCTION)",
    ),
    (
        "role",
        35,
        r"^\W{0,4}(?:system|assistant|developer|\[?system\]?(?: message| prompt| note"
        r"| override)?)\W{0,2}\s*[:>\]]",
    ),
    (
        "role",
        45,
        r"\b(?:system|admin(?:istrator)?|developer|root|security) (?:override|note|notice"
        r"|update|message|mode|access)\b[^.!?\n]{0,10}[:\]]|\bend of (?:the )?(?:system )?"
        r"(?:prompt|instructions|context|document|user input)\b",
    ),
    (
        "override",
        50,
        r"\bforget (?:everything|all)(?: (?:about|from|to|before|you|that|i|we|chat)\b|[^\w\s])"
        r"|\bignore everything\b(?: \w+){0,4} (?:before|above|core)\b",
    ),
    (
        "override",
        50,
        r"\b(?:ignor\w+|disregard|forget)\b (?:the|all|everything|this|that|my)\b[^.!?\n]{0,30}"
        r"(?:\band|,|;)\s*(?:just |only |instead |simply )?(?:say|state|output|print|respond"
        r"|answer|write|tell|conclude|return)\b",
    ),
    (
        "override",
        60,
        r"\b(?:olvid\w+|ignor\w+|desconsider\w+|oubli\w+|dimentic\w+|vergess\w+|ignorier\w+"
        r"|esque\w+)\b[^.!?\n]{0,30}\b(?:instruc\w+|instruç\w+|istruzioni|anweisungen"
        r"|consignes|anteriores|précédentes|precedenti|vorherigen)\b"
        r"|игнорир\w+[^.!?\n]{0,20}инструкц|забуд\w+[^.!?\n]{0,20}инструкц|이전 지시"
        r"|निर्देशों की अनदेखी"
        r"|忽略[^。\n]{0,8}(?:指示|指令|说明)|以前の指示|前の指示|تجاهل[^.\n]{0,15}التعليمات",
    ),
    (
        "leak",
        50,
        r"\b(?:what(?:'s| is| would)|tell me|share|confirm|give me|know|write)\b[^.!?\n]{0,40}"
        r"\b(?:your|our system) pass(?:word|phrase|code)\b"
        r"(?! (?:polic|reset|rule|require|manage|protect|length|page|form))"
        r"|\bconfirm the password\b|\bthe password for this mode\b",
    ),
    (
        "persona",
        40,
        r"\byou(?: are|'re)? (?:now|will now)(?: (?:pose|go by|act|be|speak|an?|the|called|named)\b"
        r"| [A-Z]\w+)|\b(?:respond|talk|answer|reply) as (?:both |if you were )?(?:the ai|\w+)",
    ),
    (
        "role",
        50,
        r"\b(?:maintenance|system|override|debug(?:ging)?|developer|admin|enforcement)"
        r"(?: override)? mode\b[^.\n]{0,12}(?:>|enabled|activated|engaged|\.)|\bi am god\b",
    ),
    (
        "format",
        25,
        r"\b(?:you will|you must|you should|always|never)\b[^.!?\n]{0,30}\b(?:respond|answer|reply"
        r"|stay|remain|speak|keep to)\b",
    ),
    (
        "unbound",
        35,
        r"\bchat ?gpt\b|\bas an ai\b|\blanguage model\b|\bopenai\b|\bcharacter\b[^.!?\n]{0,40}"
        r"\b(?:roleplay|persona|nsfw)\b",
    ),
    (
        "authority",
        35,
        r"\b(?:i am|i'm|this is|as) (?:your|the|an?) (?:developer|creator|admin"
        r"|administrator|owner|programmer|engineer|system operator|operator)\b",
    ),
    (
        "address",
        35,
        rf"\b(?:dear|attention|hey|hello|hi|note to|message (?:to|for)|instructions? "
        rf"(?:to|for))\W{{1,3}}(?:the |any |all )?{_AI}s?\b",
    ),
    (
        "encoded",
        40,
        r"\b(?:base64|rot13|caesar|hex|morse|pig latin|leet(?:speak)?|ascii)\b[^.!?\n]"
        r"{0,60}\b(?:decode|encoded?|follow|execute|answer|respond|instruction|secret"
        r"|password|key|reply|message)|\b(?:decode|execute|run|follow)\b[^.!?\n]{0,40}"
        r"\b(?:base64|rot13|encoded)\b",
    ),
    (
        "format",
        30,
        r"\b(?:begin|start|preface|prefix|end|finish)\b[^.!?\n]{0,15}\b(?:every|each|all"
        r"|your|the) (?:of )?(?:your )?(?:response|reply|answer|message|sentence)s?\b"
        r"[^.!?\n]{0,20}\b(?:with|by)\b",
    ),
    (
        "format",
        30,
        r"\b(?:two|2|both) (?:different )?(?:responses|replies|answers|ways|paragraphs)\b"
        r"|\b(?:reply|respond|answer|say)\b[^.!?\n]{0,15}\b(?:only|just|exactly) (?:with|in|as"
        r"|the word)\b",
    ),
)
"""What each inbound rule is about, its weight in percent, and its pattern."""

_TAGS, _HIDDEN, _HIDDEN_SHARE = 12, 20, 10
SUSPICIOUS = 50
"""From this score on, in percent, a text counts as suspicious."""
_INBOUND = tuple((name, weight, re.compile(rule, re.I | re.M)) for name, weight, rule in INBOUND)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How much a text looks like instructions to a model: 0..100, and by which rules."""

    score: int
    reasons: tuple[str, ...]

    @property
    def is_suspicious(self) -> bool:
        """Whether the text should be marked as untrusted."""
        return self.score >= SUSPICIOUS


def suspicion(text: str) -> Suspicion:
    """Judge a text that came in. The weights of its different rules add up, to 100 at most."""
    even = straight(readable(text))
    found = [(name, weight) for name, weight, rule in _INBOUND if rule.search(even)]
    if _smuggles(text):
        found.append(("hidden", 60))
    score = min(100, sum(weight for _, weight in found))
    return Suspicion(score, tuple(dict.fromkeys(name for name, _ in found)))


def _smuggles(text: str) -> bool:
    """Whether words are written in characters that people do not see."""
    tags = sum("\U000e0020" <= character <= "\U000e007e" for character in text)
    return tags > _TAGS or len(text) - len(visible(text)) > max(_HIDDEN, len(text) // _HIDDEN_SHARE)
