"""How somebody may be reached, in a copy that they read: questions and answers in words, and no code."""

import pytest

from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.questions import NEWEST_VERSION, Question, questions_for
from reachin.families.information_sharing.enums import Category
from reachin.families.people.contact_words import ANSWERS, ASKED, contact_in_words

ABOUT_CONTACT = [
    question for question in questions_for(NEWEST_VERSION, AskedBy.PARENT_OR_CARER).values() if question.category == Category.CONTACT
]


@pytest.mark.parametrize("question", [one for one in ABOUT_CONTACT if one.code != "people"], ids=lambda one: one.code)
def test_each_question_and_each_answer_that_is_chosen_stands_in_the_words_in_which_it_was_asked(question: Question) -> None:
    assert str(ASKED[question.code]) == str(question.words_to(AskedBy.PARENT_OR_CARER))
    for code, words in question.choices_to(AskedBy.PARENT_OR_CARER):
        assert str(ANSWERS[question.code][code]) == str(words)


def test_it_reads_as_it_was_asked_and_what_nobody_answered_is_left_out() -> None:
    told = {"phone": "07700 900123", "contact_way": "text", "may_leave_message": "yes", "through": "", "written_in": "en-gb"}
    assert contact_in_words(told).split("\n") == [
        "How is it safe for us to be in touch? Text message",
        "Phone number: 07700 900123",
        "May we leave or send a message? Yes, you can leave a message",
        "The language that we write in: English",
    ]


def test_what_has_no_words_yet_is_told_all_the_same() -> None:
    assert contact_in_words({"best_day": ["Monday", "Friday"]}) == "best day: Monday, Friday"
