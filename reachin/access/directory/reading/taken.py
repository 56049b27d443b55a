"""What sources say in words, as our codes: status, languages, access, delivery, cost, ages, opening times."""

import re
from collections.abc import Iterable, Mapping

from reachin.access.directory.enums import LANGUAGES, AccessNeed, Delivery, ServiceStatus

from . import texts

STATUSES: Mapping[str, ServiceStatus] = {
    "": ServiceStatus.OPEN,
    "active": ServiceStatus.OPEN,
    "open": ServiceStatus.OPEN,
    "inactive": ServiceStatus.PAUSED,
    "paused": ServiceStatus.PAUSED,
    "temporarily closed": ServiceStatus.PAUSED,
    "defunct": ServiceStatus.CLOSED,
    "closed": ServiceStatus.CLOSED,
}
LANGUAGE_WORDS: Mapping[str, str] = {
    "english": "en",
    "gaelic": "gd",
    "gàidhlig": "gd",
    "scots": "sco",
    "bsl": "bfi",
    "british sign language": "bfi",
    "asl": "ase",
    "american sign": "ase",
    "sign language": "ase",
    "arabic": "ar",
    "bengali": "bn",
    "spanish": "es",
    "farsi": "fa",
    "french": "fr",
    "hindi": "hi",
    "korean": "ko",
    "punjabi": "pa",
    "polish": "pl",
    "portuguese": "pt",
    "romanian": "ro",
    "russian": "ru",
    "somali": "so",
    "turkish": "tr",
    "ukrainian": "uk",
    "urdu": "ur",
    "vietnamese": "vi",
    "yoruba": "yo",
    "chinese": "zh",
    "mandarin": "zh",
    "cantonese": "zh",
}
INTERPRETER_WORDS = ("interpret", "language line", "translat", "accommodation", "any language", "all languages")
ACCESS_WORDS: Mapping[str, AccessNeed] = {
    "wheelchair": AccessNeed.STEP_FREE,
    "step-free": AccessNeed.STEP_FREE,
    "step free": AccessNeed.STEP_FREE,
    "no steps": AccessNeed.STEP_FREE,
    "level access": AccessNeed.STEP_FREE,
    "ramp": AccessNeed.STEP_FREE,
    "hearing loop": AccessNeed.HEARING_LOOP,
    "induction loop": AccessNeed.HEARING_LOOP,
    "quiet": AccessNeed.QUIET_SPACE,
    "large print": AccessNeed.LARGE_PRINT,
    "easy read": AccessNeed.EASY_READ,
    "changing places": AccessNeed.CHANGING_PLACE,
    "parking": AccessNeed.PARKING_CLOSE,
    "creche": AccessNeed.CHILDCARE,
    "crèche": AccessNeed.CHILDCARE,
}
NO_ACCESS_WORDS: Mapping[str, AccessNeed] = {
    "no wheelchair": AccessNeed.STEP_FREE,
    "not wheelchair": AccessNeed.STEP_FREE,
    "not accessible": AccessNeed.STEP_FREE,
    "stairs only": AccessNeed.STEP_FREE,
    "no hearing loop": AccessNeed.HEARING_LOOP,
    "no parking": AccessNeed.PARKING_CLOSE,
    "no quiet": AccessNeed.QUIET_SPACE,
}
DELIVERY_WORDS: Mapping[str, Delivery] = {
    "home visit": Delivery.AT_HOME,
    "at home": Delivery.AT_HOME,
    "at_home": Delivery.AT_HOME,
    "in-home": Delivery.AT_HOME,
    "in your home": Delivery.AT_HOME,
    "online": Delivery.ONLINE,
    "virtual": Delivery.ONLINE,
    "remote": Delivery.ONLINE,
    "video": Delivery.ONLINE,
    "phone": Delivery.PHONE,
    "hotline": Delivery.PHONE,
    "helpline": Delivery.PHONE,
    "mobile": Delivery.MOBILE,
    "outreach": Delivery.MOBILE,
    "venue": Delivery.PLACE,
    "place": Delivery.PLACE,
    "in person": Delivery.PLACE,
    "in-person": Delivery.PLACE,
}
ADULTS_FROM = 18
OLDER_FROM = 50
DAYS = {"MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday", "SU": "Sunday"}

_FREE = re.compile(r"\s*(?:free\b|none\b|no (?:fees?|charge|cost)\b|nothing\b|there is no (?:charge|cost|fee))", re.IGNORECASE)
_COSTS = re.compile(r"[£$€]\s?\d|\d\s?(?:pounds|dollars)|sliding|insurance|fees? var|varies", re.IGNORECASE)
_GROUP = re.compile(r"\((\d+)(?:-(\d+)|\+) years? old\)")


def status_of(words: str) -> ServiceStatus | None:
    """The status that a source's word means; None when it is a word that we do not know."""
    return STATUSES.get(words.casefold())


def languages_in(words: str) -> tuple[str, ...]:
    """The languages that a text names, by code; a code that we know counts as well."""
    folded = words.casefold()
    if folded in LANGUAGES:
        return (folded,)
    return tuple(sorted(_found(folded, LANGUAGE_WORDS)))


def has_interpreter_in(words: str) -> bool | None:
    """True when a text speaks of interpreting; None (not known) otherwise."""
    folded = words.casefold()
    return True if any(word in folded for word in INTERPRETER_WORDS) else None


def access_in(words: str) -> tuple[set[str], set[str]]:
    """The access needs that a text says are met, and those that it says are not."""
    folded = words.casefold()
    unmet = _found(folded, NO_ACCESS_WORDS)
    return _found(folded, ACCESS_WORDS) - unmet, unmet


def delivery_in(words: str) -> set[str]:
    """The ways of helping that a text names."""
    return _found(words.casefold(), DELIVERY_WORDS)


def is_free_in(words: str) -> bool | None:
    """Whether a text about fees says that it is free; None when it does not say."""
    if _COSTS.search(words):
        return False
    return True if _FREE.match(words) else None


def ages_in_groups(names: Iterable[str]) -> tuple[int | None, int | None]:
    """The span of named age groups such as "Teens (13-19 years old)" or "Seniors (55+ years old)"; no groups, no limits.

    Groups of adults say "for adults", not an exact age: they begin at 18 and have no end.
    """
    groups = [(int(found[1]), int(found[2]) if found[2] else None) for name in names if (found := _GROUP.search(name))]
    if not groups:
        return None, None
    lowest = min(group[0] for group in groups)
    highest = [group[1] for group in groups]
    known = [age for age in highest if age is not None and age < ADULTS_FROM + 2]
    return ADULTS_FROM if ADULTS_FROM < lowest < OLDER_FROM else lowest, max(known) if len(known) == len(highest) else None


def opening_in(schedule: Mapping[str, object]) -> str:
    """One schedule as a sentence: its own description, or its days and times."""
    described = texts.plain(schedule.get("description"))
    if described:
        return described
    named = texts.one_line(schedule.get("byday")) or texts.one_line(schedule.get("weekday"))
    days = ", ".join(DAYS.get(day.strip().upper()[-2:], day.strip()) for day in named.split(",") if day.strip())
    times = " to ".join(time[:5] for time in (texts.one_line(schedule.get("opens_at")), texts.one_line(schedule.get("closes_at"))) if time)
    return " ".join(part for part in (days, times) if part)


def _found(words: str, table: Mapping[str, str]) -> set[str]:
    return {str(code) for word, code in table.items() if word in words}
