from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

CHILDHOOD_ENDS_AT = 18
ADDRESS_FOR_LETTERS, WHERE_THEY_LIVE = "address", "place"
"""The two answers, by question code, that tell of a home: words, as they were typed."""
IS_PROTECTED = "home_is_secret"
"""The answer, by question code, that says that a home has to stay secret ("yes")."""
ADDRESS_KEPT_BACK = "address_is_kept_back"
"""Nobody is asked this: beside answers it says ("yes") that there is an address for letters, which is not shown here."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of somebody: what they are called and, where told, a birthday, an age in years, or a due date."""

    known_as: str
    born_on: date | None = None
    age_years: int | None = None
    due_on: date | None = None

    def age_on(self, day: date) -> int | None:
        """Age in completed years; None when not told, or not born yet."""
        if self.born_on is None:
            return self.age_years
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))

    def is_child_on(self, day: date) -> bool | None:
        """Whether this is a child (under 18, a baby on the way included) that day; None when the age is not known."""
        if self.due_on is not None and self.born_on is None:
            return True
        age = self.age_on(day)
        return None if age is None else age < CHILDHOOD_ENDS_AT


def facts_to_answers(facts: PersonFacts) -> dict[str, Any]:
    """As JSON values, for sealing."""
    return {
        "known_as": facts.known_as,
        "born_on": facts.born_on.isoformat() if facts.born_on else None,
        "age_years": facts.age_years,
        "due_on": facts.due_on.isoformat() if facts.due_on else None,
    }


def facts_from_answers(answers: Mapping[str, Any]) -> PersonFacts:
    """Back from JSON values."""
    return PersonFacts(
        known_as=answers["known_as"],
        born_on=date.fromisoformat(answers["born_on"]) if answers.get("born_on") else None,
        age_years=answers.get("age_years"),
        due_on=date.fromisoformat(answers["due_on"]) if answers.get("due_on") else None,
    )
