"""Several people on one page: a row for each, empty rows left out, and one more row on demand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from django import forms
from django.utils.translation import gettext_lazy as _

from reachin.groundwork.page_parts.forms import Form
from reachin.interfaces.asking_form.forms import PersonForm

MOST_PEOPLE = 20
ROWS = "people-rows"


class MakesForm(Protocol):
    """Makes the form of one person, in the words of whoever fills it in."""

    def __call__(
        self, data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None, prefix: str | None = None
    ) -> PersonForm: ...


class PeopleRows:
    """The people of a page. `rows` is how many are shown; those that were posted empty count as not there."""

    def __init__(self, make: MakesForm, *, data: Mapping[str, Any] | None, known: Sequence[Mapping[str, Any]], rows: int) -> None:
        shown = min(MOST_PEOPLE, _posted_rows(data) if data is not None else max(rows, len(known)))
        self.is_bound = data is not None
        self.forms = [_row(make, data, known[place] if place < len(known) else None, place) for place in range(shown)]

    def __iter__(self) -> Iterator[PersonForm]:
        return iter(self.forms)

    def __len__(self) -> int:
        return len(self.forms)

    def is_valid(self) -> bool:
        """Whether every row that says something is sound."""
        return all(form.is_valid() for form in self.forms if not is_left_out(form))

    def people(self) -> list[dict[str, Any]]:
        """The sound people as JSON values, in order."""
        return [form.person() for form in self.forms if not is_left_out(form) and form.is_valid()]


def is_wrong(shown: Iterable[Form]) -> bool:
    """Whether any of these forms was posted with an error."""
    return any(form.is_bound and form.errors for form in shown)


def _posted_rows(data: Mapping[str, Any]) -> int:
    typed = str(data.get(ROWS, ""))
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0


def _row(make: MakesForm, data: Mapping[str, Any] | None, known: Mapping[str, Any] | None, place: int) -> PersonForm:
    prefix = f"person-{place + 1}"
    form = make(None, initial=known, prefix=prefix)
    if data is not None and not is_left_out(bound := make(data, initial=known, prefix=prefix)):
        form = bound
    form.fields["known_as"].label, form.fields["known_as"].help_text = _("Name"), ""
    form.fields["age_years"].label, form.fields["age_years"].help_text = _("Age in years"), ""
    relation = form.fields["relation"]
    assert isinstance(relation, forms.ChoiceField)
    told = [(value, label) for value, label in relation.widget.choices]
    relation.widget = forms.Select()
    relation.choices = [("", _("Choose")), *told]
    if data is not None and not form.is_bound:
        form.initial = {}
    return form


def is_left_out(form: PersonForm) -> bool:
    """Whether nothing was said of this person: the row counts as not there."""
    return not any(str(form.data.get(name, "")).strip() for name in _inputs(form)) if form.is_bound else True


def _inputs(form: PersonForm) -> list[str]:
    names = [form.add_prefix(name) for name in form.fields if name != "due_on"]
    return [*names, *(f"{form.add_prefix('due_on')}_{part}" for part in ("day", "month", "year"))]
