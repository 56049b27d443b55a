from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reachin.families.retention.enums import ReviewDecision
from reachin.families.retention.rules import CLASSES, trouble_with_keeping
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.fields import DateInThreeParts
from reachin.groundwork.page_parts.forms import Form
from reachin.interfaces.hub.reading import today_of

from .retention_words import CLASS_WORDS

TROUBLES = {
    "not_later": gettext_lazy("Choose a day that is still to come"),
    "too_long": gettext_lazy("Choose a day within 25 years: then somebody looks again"),
}


def _reason(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, widget=forms.Textarea, error_messages={"required": gettext_lazy("Write the reason")}
    )


class ReviewForm(Form):
    """The first guardian's decision about a record whose time is over."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What do you decide?"),
        choices=[
            (ReviewDecision.DESTROY.value, gettext_lazy("Destroy it: a second guardian has to agree")),
            (ReviewDecision.KEEP.value, gettext_lazy("Keep it longer, until a day")),
            (ReviewDecision.HOLD.value, gettext_lazy("Hold it, until somebody lifts the hold")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you decide")},
    )
    keep_until = DateInThreeParts(label=gettext_lazy("Until which day?"), help_text=gettext_lazy("Then it comes up again."), required=False)
    reason = _reason(gettext_lazy("Why?"), gettext_lazy("Name nobody. The reason is kept after the record is gone."))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        until, decision = given.get("keep_until"), given.get("decision")
        if decision != ReviewDecision.KEEP or "keep_until" in self.errors:
            given["keep_until"] = None
        elif until is None:
            self.add_error("keep_until", _("Write until which day it is kept"))
        elif trouble := trouble_with_keeping(decision, until, today=today_of(now())):
            self.add_error("keep_until", str(TROUBLES[trouble]))
        return given


class SecondForm(Form):
    """What the second guardian says of the first one's decision to destroy."""

    step = forms.ChoiceField(
        label=gettext_lazy("Do you agree?"),
        choices=[
            ("agree", gettext_lazy("I agree that it is destroyed")),
            ("disagree", gettext_lazy("I do not agree")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether you agree")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why not?"),
        help_text=gettext_lazy("Only if you do not agree. It comes up again, and somebody decides anew."),
        widget=forms.Textarea,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("step") == "disagree" and not given.get("reason"):
            self.add_error("reason", _("Write why you do not agree"))
        return given


class HoldForm(Form):
    """A hold on a whole class."""

    class_code = forms.ChoiceField(
        label=gettext_lazy("Which class of record?"),
        help_text=gettext_lazy("To hold one record, go to it under “Due for review”. To hold one person’s, go to what they asked."),
        choices=[(code, CLASS_WORDS[code]) for code, kept in CLASSES.items() if kept.years is not None],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a class")},
    )
    reason = _reason(gettext_lazy("Why is it held?"), gettext_lazy("A court, an inquiry, a complaint: name it, and nobody in it."))


class ReasonForm(Form):
    """A reason in words, for what needs one."""

    reason = _reason(gettext_lazy("Why?"))
