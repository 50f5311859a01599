"""Tells messages that want nothing: greetings, thanks, goodbyes, a bare "ok".

Known phrases are taken away; only if nothing is left is a message small talk. So "thanks, but my
invoice is still wrong" never is.
"""

from __future__ import annotations

import re

from router.classify.clean import without_marks

LONGEST = 200
"""Characters; whoever writes more wants something."""

HELP = r"(?:your|the|all (?:your|the)) (?:quick |great |kind )?"
HELP += r"(?:help|support|time|reply|answer|assistance|patience|info|information|response)"
# In the order in which they are taken away: "good morning" before "good".
PHRASES = {
    "thanks": (
        r"(?:many|much|big|huge) thanks",
        r"(?:thank you|thanks?|thx|ty|cheers)(?: (?:so|very) much| a (?:lot|million|bunch|ton))?"
        rf"(?: for (?:{HELP}|that|this|everything|letting me know))?",
        r"(?:i )?(?:really |much )?appreciate(?:d| it| that| the help| your help)?",
        r"(?:that|it|this) (?:worked|works|helped|helps|did it|did the trick|solved it|fixed it)",
        r"(?:that|it|this)(?:'s| is| was) (?:it|all|great|perfect|(?:very |really )?helpful)",
        r"(?:all|now) (?:good|sorted|solved|fixed|set|clear)",
        r"you(?:'re| are) (?:the best|great|awesome|amazing|a star|a lifesaver)",
        r"(?:very |so )?helpful|well done|good job|great job",
    ),
    "greeting": (
        r"hi|hiya|hey|hello|hallo|howdy|yo|greetings|welcome|morning|evening",
        r"good (?:morning|afternoon|evening|day)",
        r"how are (?:you|things)(?: doing)?(?: today)?|how(?:'s| is) it going|what's up",
        r"nice to meet you|(?:is )?any(?:one|body) (?:here|there|home)|i hope you(?:'re| are) well",
    ),
    "goodbye": (
        r"(?:good ?)?bye(?: bye)?|see you(?: (?:later|soon|around|tomorrow))?|ciao|good night",
        r"have a (?:nice|great|good|lovely) (?:day|one|weekend|evening|night)",
        r"take care|talk (?:to you )?(?:later|soon)",
    ),
    "acknowledgement": (
        r"ok(?:ay)?|k|great|perfect|awesome|excellent|cool|super|nice|wonderful|brilliant",
        r"alright|all right|got it|understood|good|fine|lovely|amazing|fantastic|noted|sure",
        r"oh|ah|wow|yay|will do|makes sense|i see|sounds good|no worries|no problem|lol|haha",
    ),
}
FILLERS = r"there|all|everyone|everybody|team|folks|guys|again|now|and|so|very|much|you|then|just"
FILLERS += r"|today|frontdesk|friend|mate|for me|a lot"


def _whole_words(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{'|'.join(phrases)})(?![\w'])")


KINDS = {kind: _whole_words(*phrases) for kind, phrases in PHRASES.items()}
FILLER = _whole_words(FILLERS)


def pleasantry(text: str) -> str | None:
    """Which kind of small talk a message is and nothing but.

    One of thanks, acknowledgement, greeting, goodbye; None if the message may want something or
    says nothing at all.
    """
    rest = without_marks(text[: LONGEST * 4]).lower().replace("\u2019", "'")
    if len(rest) > LONGEST or "?" in rest.rstrip("?") or not rest:
        return None
    found = None
    for kind, pattern in KINDS.items():
        rest, times = pattern.subn(" ", rest)
        found = found or (kind if times else None)
    return found if not re.search(r"\w", FILLER.sub(" ", rest)) else None
