"""Words that may mean danger, in English, Scots and Gaelic.

A list, not a judgement: it finds what is said plainly, misses what is hinted at, and sometimes shows the emergency route for nothing.
It never stands in the way, and what was typed is saved all the same. Its tests keep three tables: what it finds, what it leaves alone,
what it misses.

Words are compared without case, accents, apostrophes and hyphens, and never across a clause (` . ` stands between two). Every gap is
bounded, so that the time grows with the length of the text and no faster.
"""

import re
import unicodedata
from functools import cache, lru_cache


def any_of(words: str) -> str:
    """One of these words; `_` stands for a space within one."""
    return "(?:" + "|".join(words.split()).replace("_", " ") + ")"


def after_none_of(words: str) -> str:
    """What follows does not stand right behind one of these words."""
    return "".join(f"(?<!\\b{word.replace('_', ' ')} )" for word in words.split())


_PARENTS = "mum mam maw mother dad da father step_?dad step_?mum step_?father"
_LOVERS = "partner man husband wife boyfriend girlfriend ex"
_CHILDREN = "son daughter baby bairns? weans? kids? child children boys? girls?"
_KIN = any_of(f"{_PARENTS} {_CHILDREN} gran granny brother sister family partner wife husband")
KIN = rf"(?:{any_of('wee little older younger own')} )?{_KIN}"
MINE = rf"(?:my|ma|our) {KIN}"
ME = rf"(?:me|us|(?:my|ma|our|the) {KIN})\b"
ANYBODY = rf"(?:me|us|him|her|them|mum|mam|maw|mummy|dad|daddy|(?:my|ma|our|the|his|her|their) {KIN})\b"
SELF = any_of("myself masell? himself himsel herself hersel themselves themself yourself") + r"\b"
_SOMEBODYS = any_of(f"{_PARENTS} {_LOVERS} grandad grandfather granda uncle brother son cousin carer teacher coach")
WHO = rf"(?:he|hes|she|shes|they|theyre|somebody|someone|mum|dad|(?:my|ma|her|his|their|mums|dads) {_SOMEBODYS})"
GAP = r"(?: (?!(?:never|not|no|nae|doesnt|didnt|isnt|hasnt|wasnt|wouldnt) |\. )\w{1,20}){0,3}"
"""Up to three words between, none of which says no, and no end of a clause."""
NOT_NO = after_none_of("never not no doesnt didnt denies denied without")
TO = any_of("to tae")
WILL = any_of("will would ll might going_to is_going_to gonna gonnae goin_tae is_gonna is_gonnae")
DONT = any_of("dont doesnt didnt do_not does_not dinnae dinny disnae didnae cant never no_longer")
AFRAID = any_of("afraid scared frightened terrified feart feared")
LIFE = r"(?:my|ma|his|her|their|our) (?:own )?li(?:fe|ves)\b"
HOME = rf"(?:(?:at )?(?:home|hame)|in {any_of('my ma our this her his their the')} (?:own )?{any_of('home house flat hoose')})"
HITS = any_of("hits hitting batters battering punches punching slaps kicks skelps chokes strangles throttles attacks rapes abuses")
HITS_OR_HIT = any_of(
    "hits? beats? batters battered punched slapped kicked skelped choked strangled throttled attacked assaulted raped hurts?"
)
THROWS = any_of("pushed pushes shoved shoves threw throws dragged drags slammed")
IN_A_GAME = any_of("in_fortnite in_minecraft in_roblox in_call_of_duty in_the_game in_a_game")
NO_TOY = rf"(?:(?!{any_of('toy nerf water glue plastic butter')} )\w{{1,12}} )?"
BLADE = rf"{any_of('knife gun machete weapon blade axe')}\b(?! (?:and fork|dog|skills|{IN_A_GAME}))"

OWN_LIFE = (
    rf"(?:kill|killing|hang|hanging|drown|shoot) {SELF}",
    rf"{any_of('wants? wanted going trying tried planning plans? rather')} (?:{TO} )?(?:die|be dead|end it|end {LIFE})\b",
    r"wanna (?:die|be dead)",
    rf"(?:end|ending|take|taking) {LIFE}",
    rf"wish(?:es|ed)? (?:that )?(?:i|he|she|they) {any_of('was were had_never_been hadnt_been wasnt')} (?:dead|born|alive|here)",
    r"better off (?:dead|without me)",
    rf"{DONT} (?:wants?|wanna) (?:{TO} )?(?:live|be alive|wake up|be here any ?(?:more|mair))\b",
    rf"(?:no|nae|any) (?:reason|point) (?:in )?(?:{TO} live|living)\b",
    rf"{NOT_NO}(?:suicidal|{any_of('talks? talked talking thinks? thoughts thinking')} (?:about|of) suicide)",
    r"(?:attempted|tried|commit|threatened) suicide",
    rf"{NOT_NO}(?<!used to )self ?harm(?:s|ed|ing)?\b",
    rf"{any_of('cuts cutting burns burning hurting harms harming scratching')} {SELF}",
    rf"(?:wants?|going|thinking of|feel like) (?:{TO} )?(?:hurt|harm|cut)(?:ting|ing)? {SELF}",
    r"(?:took|taken|an) (?:an )?overdose\b(?! of screen)|overdosed\b(?! on)",
    (
        rf"(?:took|taken|swallowed) {any_of('too_many all_my all_ma all_his all_her all_of_my all_of_his all_of_her all_the a_lot_of')}"
        rf" (?:\w{{1,12}} )?{any_of('tablets pills medication paracetamol')}"
    ),
    r"(?:took|taken|swallowed) (?:some|loads of|lots of|a load of|a bunch of) (?:pills|tablets|paracetamol)",
    r"(?:i|we) (?:cant|cannot|cannae|can not) go on\b(?! (?:holiday|trips?|outings?|the|a|my|our|school|with|to))",
    r"(?:want|wants|wanted) (?:to|tae) disappear\b(?! (?:into|behind))",
    r"jump(?:ing)? (?:off|aff|from) (?:a|the) (?:\w{1,12} )?(?:bridge|roof)",
    r"kms\b",
)
DEEDS = (
    (
        rf"{HITS_OR_HIT} {ANYBODY}"
        rf"(?! {any_of('hard that out off at in_the_final own to_see feelings back leg arm teens toys? ball awake')}\b)"
    ),
    rf"(?:abused|shook|burnt|burned) {ANYBODY}(?! awake)",
    rf"{THROWS} {ANYBODY} {any_of('against down across over into by to_the')}\b",
    rf"(?:pushed|pushes|shoved|shoves) (?:me|us|{MINE})\b(?! (?:on|to|for|in)\b)",
    rf"(?:throws|threw|throwing) (?:things|stuff|plates|furniture) at {ANYBODY}",
    (
        rf"{any_of('is been keeps kept started was always')} "
        rf"{any_of('hitting beating battering punching slapping kicking choking abusing hurting')} {ANYBODY}"
    ),
    r"(?:is|gets|got|was|been|being|turns|turned) violent\b",
    rf"(?:smashed|smashes|smashing|kicked|kicking) (?:up |in )?(?:the|my|our) {any_of('house flat door place windows?')}",
    rf"touch(?:es|ed|ing)? (?:me|her|him|{MINE})\b(?! {any_of('up hair arm hand heart toys?')})",
    rf"(?:makes|making|made) {any_of('me her him them')} (?:touch|do (?:\w{{1,8}} )?things)",
    rf"{WILL} (?:kill|murder|hurt|batter|stab|harm|burn) {ANYBODY}",
    rf"{WILL} take (?:him|her|them|(?:the|my) {KIN}) (?:out of the country|abroad)",
)
VIOLENCE = (
    rf"{WHO}{GAP} (?:{'|'.join(DEEDS)})",
    (
        rf"{NOT_NO}{HITS} {ME}"
        r"(?! (?:hard|that|like|out|off|when i think))"
    ),
    rf"{NOT_NO}(?<!it )(?<!that )(?:beats|beating) (?:up )?{ME}(?! (?:at|why|how|in)\b)",
    r"(?:was|were|been|being|got|is|gets) (?:strangled|stabbed|choked|beaten up)\b",
    rf"{any_of('hit beaten battered assaulted attacked hurt abused')} by (?:his|her|my|their|ma) (?:own )?\w{{3,12}}",
    r"dad hitting (?:him|her|them|me)\b",
    rf"(?:im|i am|hes|shes) (?:going to|gonna|gonnae) kill {ANYBODY}|(?:hell|shell|theyll) (?:kill|murder|hurt|batter|stab) {ANYBODY}",
    rf"(?:hes|shes|theyre) violent\b|violent {any_of(f'{_LOVERS} {_PARENTS}')}\b",
    r"hands? (?:round|around) (?:my|ma|her|his|their) (?:neck|throat)|" + rf"grabb(?:ed|ing) {ANYBODY} by the (?:throat|neck|hair)",
    rf"(?:lifts?|lifted|raises|raised) (?:his|her) ha(?:nd|un)s? {TO} {ANYBODY}|(?:puts?|lays|laid) (?:his|her) hands on {ME}",
    r"(?:gave|gies|gied|gives|got) (?:me|us|her|him|them) (?:a )?" + any_of("doin doing kicking kickin hiding battering beating") + r"",
    r"if (?:he|she|they|my ex|ma ex) finds? (?:me|us|out where)",
    rf"threat(?:ens?|ened|ening) {TO} {any_of('kill hurt hit stab harm burn batter smash')}",
    rf"threat(?:ens?|ened|ening) (?:with a {NO_TOY}{BLADE}|{ME}(?! with (?:eviction|court|exclusion)))",
    rf"{any_of('pulled held holding waved carries carrying keeps grabbed hides has had got with took')} (?:a|the|his|her) {NO_TOY}{BLADE}",
    rf"stabbed {ANYBODY}(?! (?:\w{{1,12}} )?{IN_A_GAME})",
    r"(?:set fire to|burn) (?:the|my|our|her|his) (?:house|flat|home|hoose)",
    r"(?<!history of )(?<!past )(?<!previous )domestic (?:abuse|violence)\b(?! (?:awareness|training|course|worker))",
    rf"abusive (?:relationship|home|{any_of(f'{_LOVERS} {_PARENTS}')})\b|stalk(?:s|ed|ing|er)\b",
    rf"(?:shake|shook|shaken|shaking|smother) (?:the|my|ma|our) {KIN}\b(?! awake)",
    rf"{any_of('might could going_to gonnae will ill want_to scared_of urge_to thoughts_of')} (?:hurt|harm)(?:ing)? (?:the {KIN}|{MINE})\b",
    r"forc(?:e|ed|ing) (?:marriage|(?:me |her |him |them )?(?:to marry|into (?:a )?marriage))|honou?r based|fgm\b|female genital",
)
SEXUAL_HARM = (
    r"(?:raped|rapist|raping)\b",
    r"sexual(?:ly)? (?:abus\w{1,4}|assault\w{0,4}|exploit\w{1,7})",
    r"touch(?:es|ed|ing)? (?:me|her|him|them) (?:down there|sexually|in a (?:bad|sexual|wrong))",
    rf"{WHO} (?:comes|came|gets|got|climbs) (?:in|into) (?:my|her|his) (?:room|bedroom|bed)\b(?! to (?:say|tidy|read|wake))",
    r"(?:been|being|was|is) groomed\b|grooming (?:me|her|him|them)\b",
    rf"{any_of('asks? asked asking sends? sent sending wants')} (?:\w{{1,12}} ){{0,3}}(?:nudes?|naked (?:pictures|photos))\b",
    r"blackmail(?:s|ed|ing)?\b|sextort\w{1,4}|county lines|traffick(?:ed|ing)",
)
NOT_SAFE = (
    rf"{DONT} feel (?:\w{{1,8}} )?safe\b|feels? (?:\w{{1,8}} )?unsafe\b",
    rf"(?:not|isnt|arent|never|no) safe (?:here|{HOME}|tonight|the night|(?:a?round|near|with|wi) (?:him|her|them|my \w{{1,12}}))\b",
    rf"unsafe (?:{HOME}|(?:with|around) (?:him|her|them))\b",
    (
        rf"{AFRAID} {any_of('of o ae for fur')} (?:him\b(?! \w{{3,12}}ing)|what he|(?:my|ma|his|her|their|our) "
        rf"(?:li(?:fe|ves)|safety|{any_of(f'{_PARENTS} {_LOVERS} uncle brother')})\b"
        rf"(?! {any_of('dying losing leaving failing getting being falling missing going')}))"
    ),
    rf"{AFRAID} {TO} (?:go|gang|gae) (?:home|hame)",
    r"(?<!nobody is )(?<!no one is )(?<!not )in (?:\w{1,9} )?danger\b(?! of)",
    r"(?<!no )(?<!not at )(?<!low )risk of (?:\w{1,12} )?harm|(?<!no )(?<!of )significant harm|immediate (?:risk|danger)",
    r"(?:locks?|locked|locking|trapped) (?:me|us|her|him|them) in\b",
    rf"(?:wont|wouldnt|willnae|doesnt|disnae) let (?:her|{ME}) {any_of('leave out oot go_out have_a_phone see_anybody see_anyone')}\b",
    r"left (?:alone|on (?:his|her|their) own) (?:overnight|all night|all day|for days)",
    r"disclos(?:ed|ing|es) (?:\w{1,12} ){0,2}(?:abuse|assault|rape|violence)",
    r"missing (?:since|from home|overnight|all night)\b|r[au]n(?:s|ning)? away from (?:home|hame)",
)
HUNTED = (
    (
        rf"(?:{WHO}(?: is)? (?:{WILL} )?|(?:hell|shell|theyll) )find(?:s)? (?:me|us|her|them|out where)\b"
        rf"(?! {any_of('a an some something somewhere help work jobs? housing places? homes? funny annoying')}\b)"
    ),
    r"must ?(?:not|nt|nae) find (?:me|us|her|them|out where)\b",
    (
        rf"{WHO} (?:now )?(?:knows|knew|found out|finds out|has found out) (?:where|whaur) "
        r"(?:i|we|she|me and the \w{3,8}|the kids|the weans) (?:live|lives|are|is|stay|stays|go)\b(?! on)"
    ),
    rf"{WHO}(?: is)? (?:looking|searching|hunting) for (?:me|us)\b",
    rf"{WHO}(?: is)? (?:coming|out) to get (?:me|us|her|them)\b|{WHO}(?: is)? coming after (?:me|us|her|them)\b",
    r"(?:fled|ran away from|escaped from|hiding from) (?:him|her|my|a violent|an abusive)\b",
)
A_BODY = (
    r"(?:not|stopped|isnt) breathing\b|unconscious|wont wake up",
    r"bleeding (?:heavily|badly|a lot)|wont stop bleeding",
    r"(?:swallowed|drank) (?:\w{1,8} )?(?:bleach|batter(?:y|ies)|antifreeze)",
)
GAELIC = (
    r"chan eil(?: \w{1,15}){1,3} sabhailte|mi ?shabhailte",
    r"an (?:cunnart|gabhadh)\b",
    r"(?:gam|gad|ga|gar|gan) (?:bh?ualadh|mh?arbhadh|gh?oirteachadh|eigneachadh)",
    r"marbhaidh (?:e|i|iad) (?:mi|sinn|e|i|iad)\b",
    r"fh(?:in|ein) a mharbhadh|fein ?(?:mharbhadh|mhurt|chron)\b",
    r"bheatha (?:\w{1,6} )?a thoirt|ag iarraidh (?:basachadh|bas fhaighinn)",
    r"eagal (?:mo bheatha|(?:orm|oirre|air|oirnn|orra) (?:roimhe|roimpe|romhpa|ron duine|ro m))\b",
    r"eigneachadh\b|droch dhiol\b",
)
PHRASES = (*OWN_LIFE, *VIOLENCE, *SEXUAL_HARM, *HUNTED, *NOT_SAFE, *A_BODY, *GAELIC)
BETWEEN_CLAUSES = frozenset('.!?;:,…()"“”«»')
WITHIN_WORDS = frozenset("'’‘`ʼ´")


def mentions_danger(*texts: str) -> bool:
    """Whether any of the texts has words that may mean that somebody is in danger."""
    return any(_has_a_phrase(_plain(text)) for text in texts)


def _has_a_phrase(plain: str) -> bool:
    """Every phrase begins where a word begins: it is tried there and nowhere else."""
    phrase, at = _phrase(), 0
    while phrase.match(plain, at) is None:
        at = plain.find(" ", at) + 1
        if at == 0:
            return False
    return True


@cache
def _phrase() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{phrase})" for phrase in PHRASES))


def _plain(text: str) -> str:
    """The words only: small letters without accents, one space between, ` . ` between clauses."""
    return " ".join("".join(map(_plain_letter, unicodedata.normalize("NFKD", text).casefold())).split())


@lru_cache(maxsize=4096)
def _plain_letter(letter: str) -> str:
    if letter in WITHIN_WORDS or unicodedata.category(letter) in {"Mn", "Cf"}:
        return ""
    if letter in BETWEEN_CLAUSES:
        return " . "
    return letter if letter.isalnum() else " "
