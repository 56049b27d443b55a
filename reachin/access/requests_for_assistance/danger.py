"""Words that may mean danger.

A first, careful list: it may show the emergency route too often, never stands in the way, and saves all the same.
"""

import re
import unicodedata
from functools import cache

PHRASES = (
    r"kill (?:me|him|her|us|them|my ?self|himself|herself|themselves|the (?:kids?|children|baby|wean|weans|bairns?))",
    r"(?:want|wants|wanted|going|trying|tried|plan|planning|threatened|threatening|threatens) to (?:die|end (?:it|my life)|hurt my ?self|kill)",
    r"(?:end|ending|ended) (?:my|his|her|their|it all|my own) li(?:fe|ves)",
    r"suicid\w*",
    r"self[- ]?harm\w*",
    r"(?:over|o)dos(?:e|ed|ing)",
    r"(?:cut|cuts|cutting|hurt|hurts|hurting|harm|harms|harming) (?:my|him|her|them)sel(?:f|ves)",
    r"(?:he|she|they|dad|mum|partner|boyfriend|girlfriend|husband|wife|ex)\W+(?:\w+\W+){0,3}(?:hits?|hitting|beats?|beating|punch(?:es|ed|ing)?|strangl\w+|chok(?:es|ed|ing)|rap(?:es|ed|ing)|kick(?:s|ed|ing)?) (?:me|us|her|him|them|my|the)",
    r"(?:hits?|hitting|beats?|beating|strangled?|strangles|choked?) (?:me|us|my (?:mum|mam|dad|kids?|children|son|daughter|baby|wee))",
    r"(?:is|am|are|feel|feels|feeling|not|isn'?t|aren'?t) (?:un|not )?safe (?:at home|in (?:the|this|my|our) house|tonight|with (?:him|her|them|my))",
    r"(?:not|isn'?t|aren'?t|never) safe",
    r"un ?safe",
    r"(?:touch(?:es|ed|ing)?) (?:me|her|him|them) (?:down there|where|in (?:a )?bad|sexually)",
    r"sexual(?:ly)? (?:abus\w+|assault\w*|exploit\w*)",
    r"rap(?:e|ed|ist|ing)\b",
    r"(?:has|have|got|with|pulled|holding) (?:a )?(?:knife|gun|weapon)",
    r"(?:afraid|scared|frightened|terrified) (?:for (?:my|our|her|his|their) li(?:fe|ves)|of (?:him|my (?:dad|mum|partner|husband|wife|ex|boyfriend|girlfriend|stepdad)))",
    r"(?:locked|locks|trapped|traps) (?:me|us|her|him|them) (?:in|out|up)",
    r"(?:baby|child|son|daughter|wean|bairn)\W+(?:\w+\W+){0,3}(?:not breathing|unconscious|won'?t wake)",
    r"forced? (?:marriage|to marry)",
    r"(?:he|she|they)(?:'ll| will| is going to|'s going to) (?:kill|hurt|find|take)",
    r"fgm|female genital",
    r"mi[- ]shàbhailte|gam mharbhadh|mo bheatha a thoirt",
)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(PHRASES) + r")", re.IGNORECASE)


def mentions_danger(*texts: str) -> bool:
    """Whether any of the texts has words that may mean that somebody is in danger. Curly quotes, case and spacing do not matter."""
    for text in texts:
        plain = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split())
        if _pattern().search(plain):
            return True
    return False
