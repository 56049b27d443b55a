from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reachin.access.referrals.enums import DeclineReason, ReferralMover, ReferralOutcome, ReferralState
from reachin.access.referrals.models import Referral
from reachin.access.referrals.rules import MOVES as REFERRAL_MOVES
from reachin.access.referrals.rules import may_move
from reachin.access.requests_for_assistance.actions import doors
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome, Outcome
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.access.requests_for_assistance.questions import questions_for
from reachin.access.requests_for_assistance.rules import PRE_TRIAGE
from reachin.groundwork.page_parts.forms import Form

LONGEST_VERSION = 10**9
ANSWERS = [
    to
    for to in ReferralState
    if to != ReferralState.REROUTED and any(ReferralMover.RECEIVER in moves.get(to, ()) for moves in REFERRAL_MOVES.values())
]
"""All that an agency can ever say by itself."""


class VersionedForm(Form):
    """A form about something that others may change meanwhile: it carries the version that its page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LONGEST_VERSION)

    @classmethod
    def about(
        cls, thing: RequestForAssistance | Referral, data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None
    ) -> "VersionedForm":
        """The form for this thing, with what was typed."""
        form = cls(data, initial={**(initial or {}), "version": thing.version})
        form.suit(thing)
        return form

    def suit(self, thing: Any) -> None:
        """Chooses the choices that this thing has."""


def seen_anew(data: QueryDict, version: int) -> QueryDict:
    """What was typed, under the version that is shown now: whoever sends it again has seen what changed."""
    again = data.copy()
    again["version"] = str(version)
    return again


def _words(label: Any, missing: Any, *, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, widget=forms.Textarea, error_messages={"required": missing})


class ReasonForm(VersionedForm):
    """A decision with its reason."""

    reason = _words(_("Why?"), _("Write why"), hint=_("It is kept with the request, for whoever reads it later."))


class ContactForm(VersionedForm):
    """What came of trying to be in touch."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=ContactOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it")},
    )
    words = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)


class QuestionForm(VersionedForm):
    """A question to the family."""

    question = _words(
        _("What would you like to ask?"),
        _("Write the question"),
        hint=_("One thing at a time, in plain words. They read it on their own page; the message says only that there is one."),
    )


class ReturnForm(VersionedForm):
    """What the sender should add, and why."""

    questions = forms.MultipleChoiceField(label=_("What is missing?"), widget=forms.CheckboxSelectMultiple, required=False)
    note = forms.CharField(
        label=_("Anything else the sender should know"), help_text=_("Say why it matters."), widget=forms.Textarea, required=False
    )

    def suit(self, thing: RequestForAssistance) -> None:
        asked_by = AskedBy(thing.asked_by)
        questions = questions_for(thing.form_version, asked_by)
        asked = [rule for rule in PRE_TRIAGE[thing.form_version] if asked_by in rule.asked_of]
        self.fields["questions"].choices = [(rule.question, questions[rule.question].words_to(asked_by)) for rule in asked]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if not self.errors and not told.get("questions") and not told.get("note"):
            raise forms.ValidationError(_("Choose what is missing, or write it"), params={"field": "questions"})
        return told


class CloseForm(ReasonForm):
    """With what it ends, and why."""

    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[(outcome.value, outcome.label) for outcome in Outcome if outcome != Outcome.SET_ASIDE],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it ended")},
    )
    field_order = ("version", "outcome", "reason")


class MoveForm(ReasonForm):
    """To which agency a request belongs."""

    door = forms.ChoiceField(label=_("Where does it belong?"), widget=forms.RadioSelect, error_messages={"required": _("Choose where")})
    field_order = ("version", "door", "reason")

    def suit(self, thing: RequestForAssistance) -> None:
        agencies: Iterable[tuple[UUID, str]] = doors(besides=thing.holder_agency_id).values_list("id", "name")
        self.fields["door"].choices = [(str(agency), name) for agency, name in agencies]  # type: ignore[attr-defined]


class TakeBackForm(ReasonForm):
    """Why a referral is taken back."""


class AnswerForForm(VersionedForm):
    """What an agency said where nobody signs in: one of the moves that it could make itself."""

    to = forms.ChoiceField(label=_("What did they say?"), widget=forms.RadioSelect, error_messages={"required": _("Choose what they said")})
    decline_reason = forms.ChoiceField(label=_("Why not?"), choices=DeclineReason.choices, widget=forms.RadioSelect, required=False)
    outcome = forms.ChoiceField(label=_("How did it end?"), choices=ReferralOutcome.choices, widget=forms.RadioSelect, required=False)
    words = forms.CharField(label=_("In their words"), widget=forms.Textarea, required=False)

    def suit(self, thing: Referral) -> None:
        """What they can say now. What was chosen on an older page stays readable; whether it still fits, the action says."""
        now_at, typed = ReferralState(thing.state), self.data.get("to")
        shown = [to for to in ANSWERS if may_move(now_at, to, mover=ReferralMover.RECEIVER) or to.value == typed]
        self.fields["to"].choices = [(to.value, to.label) for to in shown]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("to") == ReferralState.DECLINED and not told.get("decline_reason") and "decline_reason" not in self.errors:
            self.add_error("decline_reason", _("Choose why not"))
        if told.get("to") == ReferralState.COMPLETED and not told.get("outcome") and "outcome" not in self.errors:
            self.add_error("outcome", _("Choose how it ended"))
        return told

    def decline(self) -> DeclineReason | None:
        """The reason, only where they said no."""
        return DeclineReason(self.cleaned_data["decline_reason"]) if self.cleaned_data["to"] == ReferralState.DECLINED else None

    def ended(self) -> ReferralOutcome | None:
        """The outcome, only where help ended."""
        return ReferralOutcome(self.cleaned_data["outcome"]) if self.cleaned_data["to"] == ReferralState.COMPLETED else None
