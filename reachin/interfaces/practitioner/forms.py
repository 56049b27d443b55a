from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from reachin.access.referrals.enums import DeclineReason, ReferralOutcome, ReferralState
from reachin.access.requests_for_assistance.enums import Channel
from reachin.groundwork.ids import new_id
from reachin.groundwork.page_parts.forms import Form

WRONG = 422
"""The status of a form that comes back with its errors."""
CHANGED = 409
"""The status of a page whose subject somebody else changed meanwhile."""


def own_id(typed: Any) -> UUID:
    """The id that was made with a form; a new one where it is none."""
    try:
        return UUID(str(typed))
    except ValueError:
        return new_id()


class WithdrawForm(Form):
    """Why a practitioner takes a request back."""

    reason = forms.CharField(
        label=_("Why do you take it back?"), help_text=_("The hub reads it. You may leave it empty."), widget=forms.Textarea, required=False
    )


class ChannelForm(Form):
    """By which way the family came to the practitioner. The id makes the same form, posted twice, one draft."""

    channel = forms.ChoiceField(
        label=_("How did the family come to you?"),
        choices=[
            (Channel.AGENCY, _("Through my work (usual)")),
            *((way, way.label) for way in Channel if way not in (Channel.AGENCY, Channel.ONLINE)),
        ],
        initial=Channel.AGENCY,
    )
    draft = forms.CharField(widget=forms.HiddenInput, required=False)


ANSWERS: dict[ReferralState, tuple[Any, Any]] = {
    ReferralState.ACCEPTED: (_("Accept: we will help"), _("You be in touch with the family, the way that is safe.")),
    ReferralState.WAITING: (_("Put on our waiting list"), _("The family is told that they are on it.")),
    ReferralState.DECLINED: (_("Decline"), _("The hub sees why and looks for something else.")),
    ReferralState.IN_PROGRESS: (_("Help has started"), _("The family’s wait ends with it.")),
    ReferralState.COMPLETED: (_("Help is completed"), _("Say how it ended. The family is asked for their own view.")),
    ReferralState.COULD_NOT_CONTACT: (_("We could not reach the family"), _("The hub finds another way.")),
    ReferralState.NOT_NEEDED: (_("It is not needed any more"), _("For example, the family told you so.")),
}
"""What a receiver can answer, in the order in which it is offered: the words, and what comes of it."""


class AnswerForm(Form):
    """A receiver's answer: where the referral goes, the reason or outcome that this needs, and words. It offers only what is left."""

    to = forms.ChoiceField(label=_("What do you answer?"), widget=forms.RadioSelect, error_messages={"required": _("Choose your answer")})
    decline_reason = forms.ChoiceField(label=_("Why?"), choices=DeclineReason.choices, widget=forms.RadioSelect, required=False)
    outcome = forms.ChoiceField(label=_("How did it end?"), choices=ReferralOutcome.choices, widget=forms.RadioSelect, required=False)
    words = forms.CharField(
        label=_("Do you want to add anything?"),
        help_text=_("The hub reads it. The family does not."),
        widget=forms.Textarea,
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, moves: Iterable[ReferralState], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = set(moves)
        self.fields["to"].choices = [(state.value, words) for state, (words, _hint) in ANSWERS.items() if state in left]  # type: ignore[attr-defined]

    def hints(self) -> dict[str, Any]:
        """What comes of each answer."""
        return {state.value: hint for state, (_words, hint) in ANSWERS.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("to") == ReferralState.DECLINED and not cleaned.get("decline_reason") and "decline_reason" not in self.errors:
            self.add_error("decline_reason", _("Choose why you decline"))
        if cleaned.get("to") == ReferralState.COMPLETED and not cleaned.get("outcome") and "outcome" not in self.errors:
            self.add_error("outcome", _("Choose how it ended"))
        return cleaned
