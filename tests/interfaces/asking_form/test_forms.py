import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.questions import NEWEST_VERSION, QuestionKind, pages_for, questions_for
from reachin.groundwork.field_encryption import seal_answers, unseal_answers
from reachin.groundwork.ids import new_id
from reachin.interfaces.asking_form.forms import PersonForm, answers_from, form_for, typed_into
from reachin.interfaces.asking_form.showing import shown_answer

WRITTEN_KINDS = {QuestionKind.SHORT, QuestionKind.LONG}


@pytest.mark.asvs("2.2.1")
def test_every_naughty_string_in_every_field_is_taken_as_words_or_refused_in_words(db: None, outside_data: Callable[[str], Path]) -> None:
    strings: list[str] = json.loads(outside_data("data/security/blns/blns.json").read_text())
    asked = {**questions_for(NEWEST_VERSION, AskedBy.PARENT_OR_CARER), **questions_for(NEWEST_VERSION, AskedBy.PRACTITIONER)}
    for naughty in strings:
        form = form_for(asked.values(), AskedBy.PARENT_OR_CARER, dict.fromkeys(asked, naughty))
        kept = answers_from(form) if form.is_valid() else typed_into(form)
        row = new_id()
        assert unseal_answers(seal_answers(kept, field="test", row=row), field="test", row=row) == kept
        for code, question in asked.items():
            assert isinstance(shown_answer(question, kept), str)
            if question.kind in WRITTEN_KINDS:
                assert code in kept or form.errors[code]
        person = PersonForm({"known_as": naughty, "relation": naughty, "age_years": naughty, "due_on_day": naughty})
        assert person.errors["relation"]


@pytest.mark.parametrize(
    ("typed", "is_sound"),
    [
        ("07700 900 123", True),
        ("+48 22 123 45 67", True),
        ("01631 555 012", True),
        ("12", False),
        ("ring me", False),
        ("", True),
    ],
)
def test_a_phone_number_is_kept_as_it_was_typed(db: None, typed: str, is_sound: bool) -> None:
    asked = questions_for(NEWEST_VERSION, AskedBy.PARENT_OR_CARER)
    form = form_for([asked["phone"]], AskedBy.PARENT_OR_CARER, {"phone": typed})
    assert form.is_valid() is is_sound
    assert answers_from(form).get("phone", typed) == typed


@pytest.mark.parametrize("asked_by", AskedBy)
def test_every_page_makes_a_form_in_the_words_of_its_asker(db: None, asked_by: AskedBy) -> None:
    for page in pages_for(NEWEST_VERSION, asked_by):
        form = form_for(page.questions_for(asked_by), asked_by)
        for question in page.questions_for(asked_by):
            if question.kind != QuestionKind.PEOPLE:
                assert form.fields[question.code].label == question.words_to(asked_by)
