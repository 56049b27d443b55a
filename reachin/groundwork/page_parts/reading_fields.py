"""What the macros need to know of a bound field, so that no template has to work it out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.boundfield import BoundField
from django.forms.widgets import Input
from django.utils.translation import gettext as _

from .fields import PARTS, DateInThreePartsWidget
from .forms import is_stock

KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (DateInThreePartsWidget, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.HiddenInput, "hidden"),
    (Input, "input"),
)
WRITTEN_BY_THE_MACROS = frozenset(
    ("id", "name", "value", "class", "type", "rows", "cols", "aria-describedby", "aria-invalid", "maxlength", "minlength", "required")
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio, checkbox or option. `group` is the heading it stands under in a select, or empty."""

    id: str
    value: str
    label: str
    is_chosen: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class DatePart:
    """One of a date's three inputs."""

    id: str
    name: str
    label: str
    value: str
    width: int
    is_wrong: bool
    autocomplete: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary; `target` is the id to go to, empty where the problem is not of one field."""

    text: str
    target: str


def kind_of(field: BoundField) -> str:
    """Which macro draws it. Raises TypeError for a widget that no macro draws (a file, a split date and time)."""
    widget = field.field.widget
    for widget_class, kind in KINDS:
        if isinstance(widget, widget_class) and not isinstance(widget, forms.FileInput):
            return kind
    raise TypeError(f"no macro draws {type(widget).__name__} (field {field.name})")


def value_of(field: BoundField) -> str:
    """What stands in a text input: what was typed, or else the initial value. A password is never given back."""
    widget = field.field.widget
    if isinstance(widget, forms.PasswordInput) and not widget.render_value:
        return ""
    told = widget.format_value(field.value())
    return "" if told is None else str(told)


def attributes_of(field: BoundField, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The widget's own HTML attributes and the page's, without those that the macro itself writes, and without a silent cut."""
    told = {**field.field.widget.attrs, **(extra or {})}
    return {name: value for name, value in told.items() if name not in WRITTEN_BY_THE_MACROS and value not in (None, False)}


def choices_of(field: BoundField) -> list[Choice]:
    """The choices of radios, checkboxes or a select, in order, with the ids that their labels point at."""
    widget = field.field.widget
    assert isinstance(widget, forms.widgets.ChoiceWidget)
    chosen = widget.format_value(field.value())
    found: list[Choice] = []
    for group, options, _index in widget.optgroups(field.html_name, chosen):
        for option in options:
            identity = f"{field.auto_id}_{len(found)}"
            found.append(Choice(identity, str(option["value"]), str(option["label"]), bool(option["selected"]), str(group or "")))
    return found


def date_parts(field: BoundField, autocomplete: str | None = None) -> list[DatePart]:
    """The three inputs of a date; `autocomplete="bday"` lets a browser fill in a birthday."""
    widget = field.field.widget
    assert isinstance(widget, DateInThreePartsWidget)
    value = field.value()
    typed = list(value) if isinstance(value, (list, tuple)) else widget.decompress(value)
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    wrong = _wrong_parts(field)
    return [
        DatePart(
            id=f"{field.auto_id}_{part}",
            name=f"{field.html_name}_{part}",
            label=labels[part],
            value=piece or "",
            width=4 if part == "year" else 2,
            is_wrong=part in wrong,
            autocomplete=f"{autocomplete}-{part}" if autocomplete else "off",
        )
        for part, piece in zip(PARTS, typed, strict=True)
    ]


def _wrong_parts(field: BoundField) -> list[str]:
    if not field.errors:
        return []
    errors = field.form.errors.as_data().get(field.name, [])
    return [part for error in errors for part in (error.params or {}).get("parts", PARTS)]


def first_input_of(field: BoundField) -> str:
    """The id that a label or the error summary points at; for a date the first part that is wrong."""
    kind = kind_of(field)
    if kind in ("radios", "checkboxes"):
        return f"{field.auto_id}_0"
    if kind == "date":
        wrong = _wrong_parts(field)
        return f"{field.auto_id}_{next((part for part in PARTS if part in wrong), PARTS[0])}"
    return field.auto_id


def problems_of(forms_shown: forms.BaseForm | Iterable[forms.BaseForm]) -> list[Problem]:
    """Every error of one form, or of several on a page, in the order of the fields.

    An error about the whole form points at a field where it carries params {"field": NAME}.
    """
    shown = [forms_shown] if isinstance(forms_shown, forms.BaseForm) else list(forms_shown)
    found: list[Problem] = []
    for form in shown:
        if not form.is_bound or not form.errors:
            continue
        data = form.errors.as_data()
        for error in data.get(NON_FIELD_ERRORS, []):
            about = (error.params or {}).get("field")
            found.append(Problem(_message(error), first_input_of(form[about]) if about in form.fields else ""))
        for field in form:
            target = "" if field.is_hidden else first_input_of(field) if field.name in data else ""
            found.extend(Problem(_with_question(error, field), target) for error in data.get(field.name, []))
    return found


def _with_question(error: ValidationError, field: BoundField) -> str:
    """A message that suits any question is told with its question, unless the page asks only one."""
    message = _message(error)
    suits_any = is_stock(error) or "parts" in (error.params or {})
    if not suits_any or len(field.form.visible_fields()) == 1:
        return message
    question = str(field.label)
    return f"{question} {message}" if question.endswith("?") else f"{question}: {message}"


def _message(error: ValidationError) -> str:
    return str(next(iter(error.messages)))
