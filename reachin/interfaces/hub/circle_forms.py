"""The forms of sharing: which partner, the seven things that are kept of every decision, and a concern that is passed on."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reachin.access.requests_for_assistance.enums import Concern
from reachin.families.information_sharing.enums import (
    Basis,
    Category,
    CircleRole,
    CriminalCondition,
    Decision,
    Informed,
    Purpose,
    SpecialCondition,
)
from reachin.families.information_sharing.models import SharingAgreement
from reachin.families.information_sharing.rules import BEATS_A_BLOCK, SevenThings, bases_of, beyond_agreement, troubles
from reachin.groundwork.clock.rules import LONDON
from reachin.groundwork.page_parts.fields import DateInThreeParts
from reachin.groundwork.page_parts.forms import Form
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

PURPOSES = (Purpose.SUPPORT, Purpose.PROTECTION)
ROLES = (CircleRole.SERVICE, CircleRole.NAMED_PERSON, CircleRole.LEAD_PROFESSIONAL, CircleRole.PLAN_PARTNER, CircleRole.DUTY_DESK)
ALWAYS_SAID = ("categories", "why", "views", "necessity")
ENUMS = ("decision", "purpose", "informed", "basis")
MISSING: Mapping[str, Promise] = {
    "why": _("Write why"),
    "views": _("Write whose views you heard, and what they said"),
    "necessity": _("Write why they need it, and why no less would do"),
    "categories": _("Choose what they may see"),
    "not_told_why": _("Write why they were not told"),
}
TROUBLES: Mapping[str, Promise] = {
    "needs_special_condition": _("Words of this kind need a reason of their own. Choose one"),
    "consent_is_asked": _("If the basis is that they agreed, they were asked. Choose that they agreed, or another basis"),
    "asked_means_consent": _("If you share anyway, do not ask: tell them. If they agreed, choose that as the basis"),
    "refused": _("They did not agree. Do not share, or choose another basis and tell them"),
    "not_this_basis": _("Your organisation cannot rest a share on this. Choose another basis"),
    "not_needed": _("Say this only if they were not told"),
    "cannot_beat": _("Only to keep somebody safe, by a public task, a duty in law or to protect a life, can this go above a block"),
    "not_ours": _("Your organisation may not see this itself, so it cannot pass it on. Take it out"),
    "not_in_agreement": _("The agreement does not cover this. Take it out, or decide without the agreement"),
}
BASIS_HINTS: Mapping[str, Promise] = {
    Basis.CONSENT: _("Only if they could say no, and it would not happen then."),
    Basis.PUBLIC_TASK: _("For councils, health boards, schools and the police: it is part of what they are there for by law."),
    Basis.LEGAL_OBLIGATION: _("A law says that you must."),
    Basis.VITAL_INTERESTS: _("Somebody’s life is in danger."),
    Basis.LEGITIMATE_INTERESTS: _("It is needed for what you do, and does not harm them more than it helps."),
}
KIND_HINTS: Mapping[str, Promise] = {
    Category.CONTACT: _("Without this they do not even see a name."),
    Category.PROTECTED_ADDRESS: _("It must stay a secret. Choose this only if there is no other way."),
}
INFORMED_HINTS: Mapping[str, Promise] = {
    Informed.AGREED: _("Ask only where their no would count."),
    Informed.TOLD: _("It will be shared anyway, and they know."),
    Informed.NOT_TOLD: _("Only where telling them would put somebody in danger. They do not see it on their page."),
}
MASKED = _("%(name)s (never named to others)")


def _words(label: Any, hint: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, widget=forms.Textarea, required=False, **more)


def _one(label: Any, choices: Any, missing: Any, *, hint: Any = "", required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=hint, choices=choices, widget=forms.RadioSelect, required=required, error_messages={"required": missing}
    )


def told(choices: Sequence[Any]) -> list[tuple[str, Any]]:
    """Some of an enum's choices."""
    return [(one.value, one.label) for one in choices]


class PartnerForm(Form):
    """About whom, and with which agency."""

    person = _one(_("About whom?"), (), _("Choose about whom"))
    agency = forms.ChoiceField(label=_("Which organisation?"), error_messages={"required": _("Choose an organisation")})

    def __init__(self, *args: Any, people: Mapping[UUID, str], agencies: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(one), name) for one, name in people.items()]  # type: ignore[attr-defined]
        self.fields["agency"].choices = [("", _("Choose")), *agencies]  # type: ignore[attr-defined]


class SevenForm(Form):
    """What has to be kept of every decision about sharing, one by one."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    why = _words(_("Why?"), _("What is to get better or safer for this person."))
    views = _words(
        _("Whose views did you hear?"), _("The person’s own first, a child’s too. Write what they said, or why they could not be asked.")
    )
    informed = _one(_("Were they asked or told?"), told(tuple(Informed)), _("Choose whether they were asked or told"))
    not_told_why = _words(_("If they were not told, why?"), _("For example: it would put a child in danger."))
    necessity = _words(_("Why do they need this, and no more?"), _("What could not be done without it."))
    basis = _one(_("What is the lawful basis?"), (), _("Choose the lawful basis"))
    special_condition = _one(
        _("Why may words about health, safety or adults’ own matters be shared?"),
        [("", _("There are no such words")), *SpecialCondition.choices],
        "",
        required=False,
    )
    criminal_condition = _one(
        _("Why may words about offences be shared?"),
        [("", _("There are no such words")), *CriminalCondition.choices],
        "",
        required=False,
    )
    statutory_power = forms.CharField(
        label=_("Which law gives the power?"),
        help_text=_("If you know it. For example: Children (Scotland) Act 1995, section 22."),
        required=False,
    )

    def __init__(self, *args: Any, kind: AgencyKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["basis"].choices = told([basis for basis in Basis if basis in bases_of(kind)])  # type: ignore[attr-defined]

    def things(self) -> SevenThings:
        """What was said, once each choice is made."""
        raise NotImplementedError

    def beyond(self, things: SevenThings) -> Mapping[str, str]:
        """What goes beyond that which carries it."""
        return {}

    def chosen(self) -> bool:
        """Whether everything is chosen that the rules look at."""
        return all(self.cleaned_data.get(name) for name in ENUMS if name in self.fields)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        found = {field: "missing" for field in ALWAYS_SAID if field in self.fields and not given.get(field)}
        if self.chosen():
            things = self.things()
            found |= {**troubles(things, kind=self.kind), **self.beyond(things)}
        for field, code in found.items():
            if field in self.fields and field not in self.errors:
                self.add_error(field, str(MISSING[field] if code == "missing" else TROUBLES[code]))
        return given

    def _said(self) -> dict[str, Any]:
        """The parts that every decision has."""
        given = self.cleaned_data
        texts = ("why", "views", "necessity", "not_told_why", "special_condition", "criminal_condition", "statutory_power")
        return {name: given.get(name) or "" for name in texts} | {"informed": Informed(given["informed"]), "basis": Basis(given["basis"])}


class DecisionForm(SevenForm):
    """To share with one agency, or not to."""

    person = forms.UUIDField(widget=forms.HiddenInput)
    agency = forms.UUIDField(widget=forms.HiddenInput)
    agreement = forms.CharField(widget=forms.HiddenInput, required=False)
    decision = _one(
        _("What do you decide?"), Decision.choices, _("Choose what you decide"), hint=_("Not to share is a decision too, and is kept.")
    )
    purpose = _one(_("What for?"), told(PURPOSES), _("Choose what it is for"))
    role = _one(_("What are they to the person?"), told(ROLES), _("Choose what they are to the person"))
    account = forms.ChoiceField(
        label=_("Who there may see it?"),
        help_text=_("Only one person, where nobody else there needs it. It ends with their account."),
        required=False,
    )
    categories = forms.MultipleChoiceField(
        label=_("What may they see?"),
        help_text=_("Only what they need."),
        choices=Category.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    until = DateInThreeParts(label=_("Until when?"), help_text=_("The last day. Without one it ends after a year."), required=False)
    beats_block = forms.BooleanField(
        label=_("Go above the block to keep somebody safe"),
        help_text=_("Your information guardians are alerted at once and look at it within 3 days."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        agreement: SharingAgreement | None = None,
        is_blocked: bool = False,
        may_go_above: bool = False,
        own: Collection[str] = tuple(Category),
        colleagues: Sequence[tuple[str, str]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if colleagues:
            self.fields["account"].choices = [("", _("The whole organisation")), *colleagues]  # type: ignore[attr-defined]
        else:
            del self.fields["account"]
        self.carried_by, self.is_blocked, self.may_go_above = agreement, is_blocked, may_go_above
        self.fields["categories"].choices = told([one for one in Category if one in own])  # type: ignore[attr-defined]
        until = self.fields["until"]
        assert isinstance(until, DateInThreeParts)
        until.earliest = today

    def things(self) -> SevenThings:
        given = self.cleaned_data
        return SevenThings(
            decision=Decision(given["decision"]),
            purpose=Purpose(given["purpose"]),
            categories=tuple(Category(one) for one in given.get("categories") or ()),
            beats_block=self.is_blocked and self.may_go_above and bool(given.get("beats_block")),
            **self._said(),
        )

    def beyond(self, things: SevenThings) -> Mapping[str, str]:
        return {} if self.carried_by is None else beyond_agreement(things, self.carried_by)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        goes_above = self.may_go_above and given.get("beats_block")
        if self.is_blocked and given.get("decision") == Decision.SHARE and not goes_above:
            protects = self.may_go_above and given.get("purpose") == Purpose.PROTECTION
            self.add_error("beats_block" if protects else "decision", str(GO_ABOVE if protects else BLOCKED))
        return given

    def shows_the_step_above(self) -> bool:
        """Whether the page asks about the block: only for a share that keeps somebody safe."""
        return self.is_blocked and self.may_go_above and self.is_bound and self.data.get("purpose") == Purpose.PROTECTION

    def until_when(self) -> datetime | None:
        """The moment at which the last day is over."""
        last: date | None = self.cleaned_data["until"]
        return None if last is None else datetime.combine(last + timedelta(days=1), time(), LONDON)


BLOCKED = _("They said that this organisation must not see anything of them. It cannot be added")
GO_ABOVE = _("They said that this organisation must not see anything of them. Tick this only if somebody is not safe otherwise")


KEPT_OUT = _(
    "They said that this organisation must not see anything of them. Choose another, or ring: only a hub or duty worker decides above it"
)


class ConcernForm(SevenForm):
    """A concern for a discussion outside the hub: to whom, about whom, why."""

    concern = _one(_("Which discussion?"), Concern.choices, _("Choose which discussion"))
    desk = _one(_("To whom?"), (), _("Choose to whom"))
    people = forms.MultipleChoiceField(
        label=_("About whom?"),
        help_text=_("A baby on the way counts too."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose about whom")},
    )
    categories = forms.MultipleChoiceField(
        label=_("What may they see?"),
        help_text=_("Only what they need."),
        choices=Category.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    beats_block = DecisionForm.base_fields["beats_block"]
    field_order = ("key", "concern", "desk", "people", "categories")

    def __init__(
        self,
        *args: Any,
        people: Mapping[UUID, str],
        desks: Sequence[tuple[str, str]],
        own: Collection[str] = tuple(Category),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = told([one for one in Category if one in own])  # type: ignore[attr-defined]
        self.fields["people"].choices = [(str(one), name) for one, name in people.items()]  # type: ignore[attr-defined]
        self.fields["desk"].choices = desks  # type: ignore[attr-defined]
        possible = [basis for basis in Basis if basis in bases_of(self.kind) & BEATS_A_BLOCK]
        self.fields["basis"].choices = told(possible)  # type: ignore[attr-defined]
        self.fields["informed"].choices = told([Informed.TOLD, Informed.NOT_TOLD])  # type: ignore[attr-defined]

    def things(self) -> SevenThings:
        return SevenThings(
            decision=Decision.SHARE,
            purpose=Purpose.PROTECTION,
            categories=tuple(Category(one) for one in self.cleaned_data.get("categories") or ()),
            beats_block=bool(self.cleaned_data.get("beats_block")),
            **self._said(),
        )

    def discussion(self) -> Concern:
        return Concern(self.cleaned_data["concern"])

    def to_whom(self) -> Agency:
        return Agency.objects.get(id=self.cleaned_data["desk"])

    def whom(self) -> list[UUID]:
        return [UUID(one) for one in self.cleaned_data["people"]]

    def once(self) -> UUID:
        """The same for a form that is sent again."""
        key: UUID = self.cleaned_data["key"]
        return key
