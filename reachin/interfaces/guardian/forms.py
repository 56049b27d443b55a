from collections.abc import Sequence
from typing import Any, TypedDict

from django import forms
from django.utils.translation import gettext_lazy as _

from reachin.families.information_sharing.enums import Basis, Category, CriminalCondition, Purpose, ReviewOutcome, SpecialCondition
from reachin.families.information_sharing.models import SharingAgreement
from reachin.families.information_sharing.rules import agreement_troubles, bases_of
from reachin.groundwork.page_parts.fields import DateInThreeParts
from reachin.groundwork.page_parts.forms import Form
from reachin.partnership.agencies.enums import AgencyKind

LONGEST_LINE = 300
TROUBLES = {
    "needs_special_condition": _("Words of this kind need a reason of their own. Choose one"),
    "ends_before_it_starts": _("It has to end after it begins"),
    "too_long": _("An agreement is looked at again within three years. Choose an earlier day"),
}
DAYS = ("7", "14", "30", "90")


def _words(label: Any, hint: Any, missing: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, widget=forms.Textarea, error_messages={"required": missing})


def _radios(label: Any, choices: Any, missing: Any = "", *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, required=required, error_messages={"required": missing}
    )


class AgreementForm(Form):
    """What agencies agreed to share routinely."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("What is it called?"), error_messages={"required": _("Write what it is called")})
    parties = forms.MultipleChoiceField(
        label=_("With whom?"),
        help_text=_("Your own organisation is always a party."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose with whom")},
    )
    purpose = _radios(_("What for?"), Purpose.choices, _("Choose what it is for"))
    categories = forms.MultipleChoiceField(
        label=_("Which kinds of words does it cover?"),
        choices=Category.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what it covers")},
    )
    why = _words(_("Why is it shared?"), _("It is filled in for each share."), _("Write why it is shared"))
    necessity = _words(_("Why is it needed, and no more?"), _("It is filled in for each share."), _("Write why it is needed"))
    schedule = _words(
        _("How and when is it shared?"),
        _("What goes, by which way, how often, and how long it is kept."),
        _("Write how and when it is shared"),
    )
    basis = _radios(_("Lawful basis"), (), _("Choose the lawful basis"))
    special_condition = _radios(
        _("Why may words about health, safety or adults’ own matters be shared?"),
        [("", _("There are no such words")), *SpecialCondition.choices],
        required=False,
    )
    criminal_condition = _radios(
        _("Why may words about offences be shared?"), [("", _("There are no such words")), *CriminalCondition.choices], required=False
    )
    statutory_power = forms.CharField(label=_("Which law gives the power?"), required=False, max_length=LONGEST_LINE)
    document = forms.CharField(
        label=_("Where is the signed document?"),
        help_text=_("Its place or address in your own files."),
        required=False,
        max_length=LONGEST_LINE,
    )
    starts_on = DateInThreeParts(label=_("First day"))
    expires_on = DateInThreeParts(label=_("Last day"), help_text=_("At most three years later: then it is looked at again."))

    def __init__(self, *args: Any, agencies: Sequence[tuple[str, str]], kind: AgencyKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"].choices = agencies  # type: ignore[attr-defined]
        self.fields["basis"].choices = [(one.value, one.label) for one in Basis if one in bases_of(kind)]  # type: ignore[attr-defined]

    def agreement(self) -> SharingAgreement:
        """What was said, unsaved."""
        left_out = {"key", "parties"}
        return SharingAgreement(**{name: value for name, value in self.cleaned_data.items() if name not in left_out})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            for field, code in agreement_troubles(self.agreement()).items():
                self.add_error(field, str(TROUBLES[code]))
        return given


class Found(TypedDict):
    """What a guardian found, in words, and why the person does not read of it, if so."""

    outcome: ReviewOutcome
    words: str
    kept_back_why: str


class ReviewForm(Form):
    """What a guardian found, and why."""

    outcome = _radios(_("What did you find?"), ReviewOutcome.choices, _("Choose what you found"))
    words = _words(_("What did you look at, and what follows?"), _("Whom you asked, and what changes now."), _("Write what you looked at"))
    kept_back_why = forms.CharField(
        label=_("Must the person not read of it? Then write why"),
        help_text=_(
            "Leave it empty, and their own page says three days from now who looked, and whether it was right."
            " Keep it back only where reading it would put somebody in danger."
        ),
        widget=forms.Textarea,
        required=False,
    )

    def found(self) -> Found:
        """What the review keeps."""
        told = self.cleaned_data
        return {"outcome": ReviewOutcome(told["outcome"]), "words": told["words"], "kept_back_why": told["kept_back_why"]}
