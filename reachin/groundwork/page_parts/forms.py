"""The base of every form: texts arrive tidy, no answer is endless, and nothing that was typed is lost."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.models import ModelChoiceField
from django.http import QueryDict
from django.utils.translation import gettext_lazy, ngettext_lazy

from .text import in_one_line, tidied, tidied_mapping

LONG_TEXT = 5000
SHORT_TEXT = 200
TOO_LONG = ngettext_lazy(
    "This is too long. Use %(limit_value)d character or fewer: you have used %(show_value)d",
    "This is too long. Use %(limit_value)d characters or fewer: you have used %(show_value)d",
    "limit_value",
)
TOO_SHORT = ngettext_lazy("Write at least %(limit_value)d letter", "Write at least %(limit_value)d letters", "limit_value")
_BOUNDS = {"min_value": gettext_lazy("Write %(limit_value)s or more"), "max_value": gettext_lazy("Write %(limit_value)s or less")}
PLAIN_MESSAGES: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": gettext_lazy("Write an answer here")},
    forms.CharField: {"max_length": TOO_LONG, "min_length": TOO_SHORT},
    forms.EmailField: {"invalid": gettext_lazy("Write an email address, such as name@example.com")},
    forms.URLField: {"invalid": gettext_lazy("Write a web address, such as www.example.com")},
    forms.IntegerField: {"invalid": gettext_lazy("Write a whole number, such as 12"), **_BOUNDS},
    forms.DecimalField: {"invalid": gettext_lazy("Write a number, such as 12.5"), **_BOUNDS},
    forms.TimeField: {"invalid": gettext_lazy("Write a time, such as 14:30")},
    forms.DateField: {"invalid": gettext_lazy("Write a date, such as 31/3/2026")},
    forms.BooleanField: {"required": gettext_lazy("Tick the box to go on")},
    forms.ChoiceField: {"required": gettext_lazy("Choose an answer"), "invalid_choice": gettext_lazy("Choose one of the answers shown")},
    forms.MultipleChoiceField: {
        "required": gettext_lazy("Choose at least one answer"),
        "invalid_choice": gettext_lazy("Choose from the answers shown"),
        "invalid_list": gettext_lazy("Choose from the answers shown"),
    },
    ModelChoiceField: {"required": gettext_lazy("Choose an answer"), "invalid_choice": gettext_lazy("Choose one of the answers shown")},
}


def is_stock(error: ValidationError) -> bool:
    """Whether an error's words are those above, which don't say which question they are about."""
    return any(error.message is message for messages in PLAIN_MESSAGES.values() for message in messages.values())


class Form(forms.Form):
    """A form of ours. Its data is tidied before anything reads it, so what is shown again is what is kept.

    Every text field has a `max_length` (5,000 characters for a textarea, 200 for one line, unless the field says otherwise), which
    is told as an error beside the field: the browser is never let to cut a text silently. One-line texts lose their line breaks.
    Fields without their own messages get plain ones.
    """

    use_required_attribute = False

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, **kwargs: Any) -> None:
        if isinstance(data, QueryDict):
            data = tidied(data)
        elif data is not None:
            data = tidied_mapping(data)
        super().__init__(data, *args, **kwargs)
        for field in self.fields.values():
            _speak_plainly(field)
            if isinstance(field, forms.CharField) and not isinstance(field, (forms.JSONField, forms.UUIDField)):
                _limit(field)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # the stubs leave it out
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if isinstance(value, str) and isinstance(field, forms.CharField) and not isinstance(field.widget, forms.Textarea):
                self.cleaned_data[name] = in_one_line(value)


def _limit(field: forms.CharField) -> None:
    if field.max_length is None:
        field.max_length = LONG_TEXT if isinstance(field.widget, forms.Textarea) else SHORT_TEXT
        field.validators.append(MaxLengthValidator(field.max_length))


def _speak_plainly(field: forms.Field) -> None:
    """Messages that stand in Django's classes give way to plain ones; what an author wrote, for a field or a class, stays."""
    told: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for field_class in reversed(type(field).__mro__):
        own = field_class.__dict__.get("default_error_messages", {})
        told.update(own)
        plain.update(own)
        plain.update(PLAIN_MESSAGES.get(field_class, {}))
    for code, message in plain.items():
        if field.error_messages.get(code) is told.get(code):
            field.error_messages[code] = message
