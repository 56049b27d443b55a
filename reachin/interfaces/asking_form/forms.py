from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.questions import LONG_TEXT_MOST, SHORT_TEXT_MOST, Question, QuestionKind
from reachin.access.requests_for_assistance.rules import questions_missing_for
from reachin.families.people.enums import Relation
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.fields import DateInThreeParts
from reachin.groundwork.page_parts.forms import Form
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

OLDEST_AGE = 120
LONGEST_WAIT_FOR_BABY = timedelta(days=310)
WHY_NEEDED: Mapping[str, Any] = {
    "phone": _("Write the phone number, so that we can call or text"),
    "email": _("Write the email address, so that we can write"),
    "address": _("Write the address, so that we can send a letter"),
    "through": _("Write who can pass it on, and how we reach them"),
}


class PhoneField(forms.CharField):
    """A phone number as people write it; kept as typed when it is a possible number in Britain or with its country code."""

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        if typed and not _is_possible(typed):
            raise forms.ValidationError(_("Write a phone number, such as 07700 900 123"), code="phone")
        return typed


def _is_possible(typed: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(typed, "GB"))
    except phonenumbers.NumberParseException:
        return False


def _long(question: Question) -> forms.Field:
    return forms.CharField(widget=forms.Textarea, max_length=LONG_TEXT_MOST)


def _short(question: Question) -> forms.Field:
    return forms.CharField(max_length=SHORT_TEXT_MOST)


def _one_of(question: Question) -> forms.Field:
    return forms.ChoiceField(choices=question.choices, widget=forms.RadioSelect)


def _some_of(question: Question) -> forms.Field:
    return forms.MultipleChoiceField(choices=question.choices, widget=forms.CheckboxSelectMultiple)


def _agencies(question: Question) -> forms.Field:
    rows = Agency.objects.active().exclude(kind=AgencyKind.HUB).order_by("name").values_list("id", "name")
    return forms.MultipleChoiceField(choices=[(str(agency_id), name) for agency_id, name in rows], widget=forms.CheckboxSelectMultiple)


FIELDS: Mapping[QuestionKind, Callable[[Question], forms.Field]] = {
    QuestionKind.LONG: _long,
    QuestionKind.SHORT: _short,
    QuestionKind.ONE_OF: _one_of,
    QuestionKind.SOME_OF: _some_of,
    QuestionKind.AGENCIES: _agencies,
    QuestionKind.PHONE: lambda question: PhoneField(max_length=SHORT_TEXT_MOST),
    QuestionKind.EMAIL: lambda question: forms.EmailField(max_length=SHORT_TEXT_MOST),
}


class QuestionsForm(Form):
    """A form over some of the questions. Nothing has to be answered but what a chosen contact way needs."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        needed = questions_missing_for(cleaned.get("contact_way") or "")
        if needed in self.fields and not cleaned.get(needed) and needed not in self.errors:
            self.add_error(needed, WHY_NEEDED[needed])
        return cleaned


def form_for(
    questions: Iterable[Question], asked_by: AskedBy, data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None
) -> QuestionsForm:
    """A form with one field a question (people apart, who have pages of their own), in the words of this asker."""
    asked: dict[str, forms.Field] = {}
    for question in questions:
        if question.kind == QuestionKind.PEOPLE:
            continue
        made = FIELDS[question.kind](question)
        made.label, made.help_text, made.required = question.words_to(asked_by), question.hint_to(asked_by), False  # type: ignore[assignment]
        if question.choices and isinstance(made, forms.ChoiceField):
            made.choices = question.choices_to(asked_by)
        asked[question.code] = made
    asked_form: type[QuestionsForm] = type("AskedForm", (QuestionsForm,), asked)
    return asked_form(data, initial=dict(initial or {}))


def answers_from(form: QuestionsForm) -> dict[str, Any]:
    """The answers of a valid form as JSON values by question code. An emptied answer is kept as empty, so that it replaces the old one."""
    return dict(form.cleaned_data)


def typed_into(form: QuestionsForm) -> dict[str, Any]:
    """What was typed and is sound, even where other answers of the form were refused: so that it can be kept all the same."""
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if name not in form.errors}


class PersonForm(Form):
    """One person whom the help is for: what they are called, what they are to the asker, an age or a due date."""

    known_as = forms.CharField(
        label=_("What are they called?"),
        help_text=_("A first name is enough. For a baby on the way you can leave this empty."),
        required=False,
        max_length=80,
    )
    relation = forms.ChoiceField(
        label=_("Who are they to you?"),
        choices=[(value, label) for value, label in Relation.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who they are to you")},
    )
    age_years = forms.IntegerField(
        label=_("How old are they?"),
        help_text=_("In years. Write 0 for a baby under one."),
        required=False,
        min_value=0,
        max_value=OLDEST_AGE,
        error_messages={code: _("Write an age in years, from 0 to 120") for code in ("invalid", "min_value", "max_value")},
    )
    due_on = DateInThreeParts(
        label=_("If a baby is on the way: when is it due?"),
        help_text=_("For example, 27 3 2027. Leave it empty if you do not know."),
        required=False,
        earliest=lambda: now().date() - timedelta(days=30),
        latest=lambda: now().date() + LONGEST_WAIT_FOR_BABY,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_baby = cleaned.get("relation") == Relation.EXPECTED_BABY or cleaned.get("due_on")
        if "known_as" not in self.errors and not cleaned.get("known_as") and not is_baby:
            self.add_error("known_as", _("Write what they are called"))
        return cleaned

    def person(self) -> dict[str, Any]:
        """The person as JSON values."""
        told = self.cleaned_data
        is_unborn = told.get("relation") == Relation.EXPECTED_BABY
        return {
            "known_as": told.get("known_as") or "",
            "relation": told["relation"],
            "age_years": None if is_unborn else told.get("age_years"),
            "due_on": told["due_on"].isoformat() if told.get("due_on") else None,
        }


def practitioners_person_form(
    data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None, prefix: str | None = None
) -> PersonForm:
    """The same form in a practitioner's words: what they are to the family, not to the worker."""
    form = PersonForm(data, initial=dict(initial or {}), prefix=prefix)
    relation = form.fields["relation"]
    relation.label = _("Who are they in the family?")
    relation.choices = PRACTITIONERS_RELATIONS  # type: ignore[attr-defined]
    relation.error_messages["required"] = _("Choose who they are in the family")
    return form


PRACTITIONERS_RELATIONS = [
    (Relation.CHILD.value, _("Child or young person")),
    (Relation.EXPECTED_BABY.value, _("Baby on the way")),
    (Relation.PARENT.value, _("Parent or carer")),
    (Relation.SIBLING.value, _("Brother or sister")),
    (Relation.OTHER.value, _("Somebody else in the family")),
]
"""A practitioner's words for the same relations, as seen from the child."""
