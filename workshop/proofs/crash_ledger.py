"""What people sent while everything was killed, what was found afterwards, and what is lost or doubled. Pure: it only compares."""

import re
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MARK = re.compile(r"mark-[0-9a-f]{12}")
SENDING = "phrase: save and send"
PERSON = "person: save"
WHO_ASKS = "who asks: save"
QUESTION = "question: save"
LOOKED_OVER = "check: send"
"""The check page leads on to the phrase; it keeps nothing itself."""
FAMILY_STEPS = frozenset({WHO_ASKS, QUESTION, PERSON, SENDING})
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "key", "phrase"})


def new_mark() -> str:
    """A word by which what was written is found again."""
    return f"mark-{uuid.uuid4().hex[:12]}"


@dataclass(slots=True)
class Told:
    """One form that somebody sent: which step, the mark by which it is found, what it said, and whether the browser was led on."""

    step: str
    mark: str
    fields: Mapping[str, Sequence[str]]
    is_acknowledged: bool = False


@dataclass(slots=True)
class Ledger:
    """What everybody sent, which steps got no answer (or an error) how often, and what went otherwise than a browser expects."""

    told: list[Told] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)
    unexpected: Counter[str] = field(default_factory=Counter)

    def note(self, step: str, mark: str, fields: Iterable[tuple[str, str]]) -> Told:
        """A form is about to be sent; without a mark of its sender's it is found by the one that it says."""
        said: dict[str, list[str]] = {}
        for name, value in fields:
            said.setdefault(name, []).append(value)
        found = mark or next((found[0] for values in said.values() for value in values if (found := MARK.search(value))), "")
        self.told.append(Told(step, found, said))
        return self.told[-1]

    def acknowledged(self) -> int:
        return sum(one.is_acknowledged for one in self.told)


@dataclass(frozen=True, slots=True)
class FoundFamily:
    """A request as it stands in the database: who asked, the answers by code, the names, and how often it was taken in."""

    asked_by: str
    answers: Mapping[str, Any]
    names: tuple[str, ...]
    times_sent: int
    times_told: int


@dataclass(slots=True)
class Found:
    """What the database holds: requests by their mark, marks of drafts, and how often each mark stands in words of hub and agencies."""

    families: dict[str, list[FoundFamily]] = field(default_factory=dict)
    drafts: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)


def lost(told: Iterable[Told], found: Found) -> list[Told]:
    """What was acknowledged and is not there."""
    return [one for one in told if one.is_acknowledged and not _is_there(one, found)]


def doubled(told: Iterable[Told], found: Found) -> list[str]:
    """The marks of what is there more often than it was meant: a request twice, a person twice, words twice."""
    marks = {one.mark for one in told if one.mark}
    in_words = [mark for mark in marks if found.words[mark] > 1]
    return sorted([*in_words, *(mark for mark in marks if _is_doubled(found.families.get(mark, []), found.drafts[mark]))])


def _is_doubled(families: Collection[FoundFamily], drafts: int) -> bool:
    if len(families) + drafts > 1:
        return True
    return any(len(set(one.names)) < len(one.names) or one.times_sent != 1 or one.times_told > 1 for one in families)


def _is_there(one: Told, found: Found) -> bool:
    if one.step not in FAMILY_STEPS:
        return one.step == LOOKED_OVER or found.words[one.mark] > 0
    families = found.families.get(one.mark, [])
    if one.step == SENDING:
        return bool(families)
    return any(_holds(family, one) for family in families)


def _holds(family: FoundFamily, one: Told) -> bool:
    if one.step == WHO_ASKS:
        return [family.asked_by] == list(one.fields["asked_by"])
    if one.step == PERSON:
        return one.fields["known_as"][0] in family.names
    said = {code: values for code, values in one.fields.items() if code not in NOT_KEPT and any(values)}
    return all(_as_list(family.answers.get(code)) == list(values) for code, values in said.items())


def _as_list(answer: Any) -> list[str]:
    """An answer as a form would send it: one text, or several."""
    values = answer if isinstance(answer, list) else [answer]
    return [" ".join(str(value).split()) for value in values]
