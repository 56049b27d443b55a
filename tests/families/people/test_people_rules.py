from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.families.people.rules import PersonFacts, facts_from_answers, facts_to_answers

TODAY = date(2026, 3, 4)
days = st.dates(date(1930, 1, 1), date(2040, 1, 1))
facts = st.builds(
    PersonFacts, known_as=st.text(max_size=20), born_on=st.none() | days, age_years=st.none() | st.integers(0, 110), due_on=st.none() | days
)


@pytest.mark.parametrize(
    ("told", "age", "is_child"),
    [
        (PersonFacts("Tam"), None, None),
        (PersonFacts("Tam", age_years=0), 0, True),
        (PersonFacts("Tam", age_years=17), 17, True),
        (PersonFacts("Tam", age_years=18), 18, False),
        (PersonFacts("Tam", born_on=date(2008, 3, 5)), 17, True),
        (PersonFacts("Tam", born_on=date(2008, 3, 4)), 18, False),
        (PersonFacts("Tam", born_on=date(2008, 2, 29)), 18, False),
        (PersonFacts("Tam", born_on=date(2026, 3, 4)), 0, True),
        (PersonFacts("Tam", born_on=date(2008, 3, 5), age_years=40), 17, True),
        (PersonFacts("", due_on=date(2026, 9, 1)), None, True),
        (PersonFacts("Isla", due_on=date(2026, 3, 1), born_on=date(2026, 3, 2)), 0, True),
    ],
)
def test_childhood_ends_on_the_eighteenth_birthday_and_begins_before_birth(
    told: PersonFacts, age: int | None, is_child: bool | None
) -> None:
    assert told.age_on(TODAY) == age
    assert told.is_child_on(TODAY) is is_child


def test_a_birthday_on_a_leap_day_is_kept_on_the_first_of_march_in_other_years() -> None:
    born = PersonFacts("Tam", born_on=date(2012, 2, 29))
    assert (born.age_on(date(2026, 2, 28)), born.age_on(date(2026, 3, 1))) == (13, 14)


@given(facts)
def test_facts_come_back_from_what_is_sealed_as_they_were(told: PersonFacts) -> None:
    assert facts_from_answers(facts_to_answers(told)) == told
