"""What may stand in a reply without a source, because it claims nothing.

A closed list: greetings, the lines that lead to quotes, thanks, and the question whether more is
needed. Whatever is not on it needs a citation.
"""

from __future__ import annotations

import re

from router.validate.hidden import straight

_THANKS = r"(?:thanks|thank you|many thanks)"
_HELP = r"(?:help(?: you)?(?: (?:with|further))?|assist(?: you)?(?: with)?)"
_PHRASES = re.compile(
    "|".join(
        (
            r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|welcome)(?: there| all)?",
            rf"{_THANKS}(?: (?:so much|very much|a lot))?"
            r"(?: for (?:your (?:question|message|patience|note|report)|asking|waiting"
            r"|reaching out|getting in touch|contacting us|writing(?: to us| in)?"
            r"|letting (?:us|me) know))?",
            r"(?:(?:i am|i'm|we are|we're) )?(?:very |so )?sorry(?: (?:about (?:that|this)"
            r"|for the (?:trouble|inconvenience|confusion)|to hear (?:that|this)))?",
            r"(?:here is|here's|this is|below is|here are) what (?:i|we|our (?:help centre"
            r"|help center|documentation|docs|articles)) (?:found|has|have|says?|know)"
            r"(?: (?:about|on) (?:this|that|it))?(?: in our (?:help cent(?:re|er)|docs"
            r"|documentation|knowledge base))?",
            r"(?:i|we) found (?:this|the following|these)(?: (?:articles?|passages?|answers?))?"
            r"(?: in our (?:help cent(?:re|er)|docs|documentation|knowledge base))?",
            r"(?:from|according to|see|see also|as in|quoted from|in) (?:our|the) (?:help cent(?:re"
            r"|er)|documentation|docs|articles?|knowledge base)(?: says?)?",
            r"(?:sources?|from|see|see also|read more|more|more here|learn more|further reading"
            r"|references?|related|details|more details|for (?:more )?details,? see"
            r"|you can read more here)",
            r"(?:to do (?:this|that|so)|follow these steps|here(?: is|'s) how"
            r"(?: to do (?:it|this|that))?|the steps(?: are)?|in short|next|then|first|finally"
            r"|please note|note|good to know|steps|summary|answer|short answer)",
            r"(?:i|we) hope (?:this|that|it) helps(?: you)?|hope (?:this|that|it) helps",
            rf"(?:is there )?anything else (?:that )?(?:i|we) can {_HELP}",
            r"does (?:this|that) (?:help|answer your question|solve (?:it|this|your problem))",
            r"(?:please )?(?:let (?:me|us) know|just (?:ask|reply|write)|feel free to (?:ask|reply"
            r"|write)|ask)(?: here)? if (?:you (?:have|need) (?:any )?(?:more|further|other)?"
            r" ?(?:questions?|help|anything(?: else)?|details)|(?:anything|something) is (?:un)?"
            r"clear|(?:this|that) (?:does not|doesn't) help)",
            r"(?:kind|best|warm) regards|cheers|all the best|have a (?:nice|good|great) day",
        )
    ),
    re.I,
)
_EDGES = " \t:;,.!?-\u2013\u2014\u2026\"'()[]*_"


def claims_nothing(sentence: str) -> bool:
    """Whether the sentence, without formatting, is one of the listed phrases."""
    return bool(_PHRASES.fullmatch(straight(sentence).strip(_EDGES)))
