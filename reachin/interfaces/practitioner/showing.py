"""Answers in rows as staff read them, and who somebody is by an id that a move carries."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.questions import SECTIONS, Question, QuestionKind, sections_for
from reachin.interfaces.asking_form.showing import shown_answer
from reachin.partnership.accounts.models import Account

from .words import says_something, shown_person


def answer_rows(questions: Iterable[Question], answers: Mapping[str, Any], *, asked_by: AskedBy, today: date) -> list[dict[str, Any]]:
    """One row a question, for a summary list: its words and what was answered, lists as lines."""
    return [
        {"key": question.words_to(asked_by), "value": _shown(question, answers, today), "about": question.words_to(asked_by)}
        for question in questions
    ]


def told_rows(questions: Iterable[Question], answers: Mapping[str, Any], *, asked_by: AskedBy, today: date) -> list[dict[str, Any]]:
    """The same, without the questions that were not answered."""
    return [row for row in answer_rows(questions, answers, asked_by=asked_by, today=today) if row["value"]]


def told_sections(version: int, asked_by: AskedBy, answers: Mapping[str, Any], *, today: date, by_me: bool) -> list[dict[str, Any]]:
    """Everything that was told, by section, in a practitioner's words whoever asked; sections of which nothing was told are left out."""
    asked = sections_for(version, asked_by)
    sections = [
        {
            "title": _("What the practitioner knows") if slug == "agency" and not by_me else title,
            "rows": told_rows(asked.get(slug, []), answers, asked_by=AskedBy.PRACTITIONER, today=today),
        }
        for slug, title in SECTIONS
    ]
    return [section for section in sections if section["rows"]]


def _shown(question: Question, answers: Mapping[str, Any], today: date) -> str:
    if question.kind == QuestionKind.PEOPLE:
        return "\n".join(shown_person(person, today=today) for person in answers.get(question.code, []) if says_something(person))
    return shown_answer(question, answers, to=AskedBy.PRACTITIONER)


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of accounts by id; ids that are no account (a family's, the clock's) are left out."""
    return dict(Account.objects.filter(id__in=these(ids)).values_list("id", "name"))


def these(ids: Iterable[UUID]) -> RawSQL:
    """Ids as one array: the same prepared statement however many there are."""
    return RawSQL("select unnest(%s::uuid[])", [sorted(set(ids))])
