"""Answers as people read them: for check pages, request pages and print-outs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.questions import Question, QuestionKind
from reachin.families.people.enums import Relation
from reachin.groundwork.page_parts.moments import day
from reachin.partnership.agencies.models import Agency


def shown_answer(question: Question, answers: Mapping[str, Any], *, to: AskedBy = AskedBy.PARENT_OR_CARER) -> str:
    """One answer in the words of that reader, several choices on lines of their own; empty when not answered."""
    value = answers.get(question.code)
    if not value:
        return ""
    if question.kind == QuestionKind.ONE_OF:
        return str(dict(question.choices_to(to)).get(value, ""))
    if question.kind == QuestionKind.SOME_OF:
        words = dict(question.choices_to(to))
        return "\n".join(str(words[code]) for code in value if code in words)
    if question.kind == QuestionKind.AGENCIES:
        return "\n".join(Agency.objects.filter(id__in=value).order_by("name").values_list("name", flat=True))
    if question.kind == QuestionKind.PEOPLE:
        return "\n".join(shown_person(person) for person in value)
    return str(value)


def shown_person(person: Mapping[str, Any], *, with_relation: bool = True) -> str:
    """One person in a line: name, what they are to the asker, age or due date."""
    name, relation, due_on = person.get("known_as"), person.get("relation"), person.get("due_on")
    is_unnamed_baby = not name and (bool(due_on) or relation == Relation.EXPECTED_BABY)
    parts = [_("A baby on the way") if is_unnamed_baby else name or "–"]
    if with_relation and relation in Relation.values and not is_unnamed_baby:
        parts.append(str(Relation(relation).label).lower())
    age = person.get("age_years")
    if age is not None:
        parts.append(ngettext("%(age)d year old", "%(age)d years old", age) % {"age": age})
    if due_on:
        parts.append(_("due %(day)s") % {"day": day(date.fromisoformat(due_on))})
    return ", ".join(parts)
