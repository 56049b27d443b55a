from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.db import transaction
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reachin.access.directory.enums import Need
from reachin.access.directory.models import Service, among
from reachin.access.matching.rules import Asked
from reachin.access.referrals import actions as referrals
from reachin.access.referrals.actions import Sending
from reachin.access.referrals.enums import Shared
from reachin.access.referrals.models import Referral
from reachin.access.referrals.rules import Heard, heard_of, speaks_for
from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import AskedBy, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.blocked import agencies_kept_from
from reachin.families.information_sharing.enums import Informed
from reachin.families.people.enums import Relation
from reachin.families.people.homes import says_protected
from reachin.families.people.rules import facts_to_answers
from reachin.groundwork.audited_access.lookups import Lookup
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account

from .forms import VersionedForm, seen_anew
from .navigation import account_of, staff_context
from .offering import Choice, Offered, choices_of, offered
from .reading import Trail, answers_of, heading, held_card, may_go, rows_of, today_of, warnings_of
from .request_page import OPENED, back_to
from .suiting import age_of, asked_of
from .words import WHO_THEY_ARE

WRONG = 422
CHANGED = 409
MOST_AT_ONCE = 20
LONGEST_SEARCH = 80
LONGEST_SAID = 1000
SAID = (
    (Informed.AGREED.value, gettext_lazy("Told, and agrees")),
    (Informed.REFUSED.value, gettext_lazy("Told, and does not agree")),
    (Informed.NOT_TOLD.value, gettext_lazy("Not told")),
)
SAID_NOTHING = gettext_lazy("Choose what they said, or that they were not told: %(who)s")
WHY_NOT = gettext_lazy("Write why they were not told: %(who)s")
WHAT_THEY_SAID = gettext_lazy("Write what they said: %(who)s")
SENDER_SAID = ("family_knows", "why_not_told", "childs_view")
WANTED = ("help_with", "wishes", "not_wanted", "place", "language", "communication")


class ReferForm(VersionedForm):
    """Which services, for whom, what of it is shared, and what is said to them. `key` makes the same form twice one referral."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Which services?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one service")},
    )
    people = forms.MultipleChoiceField(
        label=gettext_lazy("For whom?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose for whom help is asked")},
    )
    shares = forms.MultipleChoiceField(
        label=gettext_lazy("What may they see?"),
        help_text=gettext_lazy("They get a copy of these parts as they are today, and nothing else. Names and ages always go with it."),
        choices=Shared.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose what they may see: with nothing they cannot decide")},
    )
    words = forms.CharField(
        label=gettext_lazy("Anything else they should know"),
        help_text=gettext_lazy("Every service that you chose reads it."),
        widget=forms.Textarea,
        required=False,
    )

    asked: Mapping[str, str]

    def ask_each(self, people: Sequence[tuple[str, str]]) -> None:
        """Two fields for each of these (alias, and who they are): what they said to it, and their words or why they were not told."""
        self.asked = dict(people)
        for alias, who in people:
            self.fields[f"said_{alias}"] = forms.ChoiceField(label=who, choices=SAID, widget=forms.RadioSelect, required=False)
            self.fields[f"heard_{alias}"] = forms.CharField(
                label=_("What they said, or why they were not told: %(who)s") % {"who": who}, required=False, max_length=LONGEST_SAID
            )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        chosen = [alias for alias in told.get("people", ()) if alias in self.asked]
        for alias in chosen:
            said, words = told.get(f"said_{alias}"), told.get(f"heard_{alias}")
            if not said:
                self.add_error(
                    f"said_{alias}", _("Choose what they said, or that they were not told: %(who)s") % {"who": self.asked[alias]}
                )
            elif said != Informed.AGREED and not words and f"heard_{alias}" not in self.errors:
                missing = WHY_NOT if said == Informed.NOT_TOLD else WHAT_THEY_SAID
                self.add_error(f"heard_{alias}", missing % {"who": self.asked[alias]})
        if told.get("people") and all(told.get(f"said_{alias}") == Informed.REFUSED for alias in told["people"]):
            self.add_error("people", _("Nobody whom you chose agrees. Ask for nobody who does not agree"))
        return told

    def heard(self) -> dict[UUID, Heard]:
        """What was written down, by alias, of those for whom help is asked."""
        told = self.cleaned_data
        aliases = [alias for alias in told["people"] if alias in self.asked]
        return {UUID(alias): heard_of(Informed(told[f"said_{alias}"]), told[f"heard_{alias}"]) for alias in aliases}

    def questions(self) -> list[tuple[BoundField, BoundField]]:
        """The two fields of each, as the page shows them."""
        return [(self[f"said_{alias}"], self[f"heard_{alias}"]) for alias in self.asked]


_people_named = Lookup(
    lambda card: RequestPerson.objects.filter(request_for_assistance_id=card).select_related("alias__person__details").order_by("place")
)


class Referring:
    """What the page needs of one open request, read once."""

    def __init__(self, request: HttpRequest, request_id: UUID) -> None:
        self.card = held_card(request, request_id)
        self.answers = answers_of(self.card)
        self.people = _people_named(request_id)
        self.today = today_of(now())
        self.asked = asked_of(self.answers, today=self.today, not_wanted=self._blocked())

    def _blocked(self) -> list[UUID]:
        people = [person.alias.person_id for person in self.people]
        return sorted(agencies_kept_from(people))

    def is_possible(self) -> bool:
        return may_go(self.card, Stage.MATCHED) or self.card.stage == Stage.MATCHED

    def home_is_secret(self) -> bool:
        return says_protected(self.answers)

    def people_choices(self) -> list[tuple[str, str]]:
        """Each person with who they are and their age."""
        return [(str(person.alias_id), self._person(person)) for person in self.people]

    def _person(self, person: RequestPerson) -> str:
        facts = {**facts_to_answers(person.alias.person.details.facts()), "relation": person.relation}
        age = age_of(facts, self.today)
        told = [facts["known_as"] or "–", str(WHO_THEY_ARE[Relation(person.relation)]), "" if age is None else str(age)]
        return ", ".join(part for part in told if part)

    def to_be_asked(self) -> list[tuple[str, str]]:
        """Everybody for whom whoever asked cannot agree, by alias."""
        asked_by = AskedBy(self.card.asked_by)
        return [(str(person.alias_id), self._person(person)) for person in self.people if not self._is_spoken_for(person, asked_by)]

    def _is_spoken_for(self, person: RequestPerson, asked_by: AskedBy) -> bool:
        facts = person.alias.person.details.facts()
        return speaks_for(asked_by, Relation(person.relation), facts, is_asker=person.is_contact, day=self.today)

    def form(self, data: QueryDict | None = None, chosen: Sequence[Choice] = ()) -> ReferForm:
        """The form with everybody and, unless home is a secret, everything ticked."""
        shares = [part.value for part in Shared if part != Shared.PLACE or not self.home_is_secret()]
        people = self.people_choices()
        initial = {"version": self.card.version, "key": new_id(), "people": [alias for alias, _who in people], "shares": shares}
        form = ReferForm(data, initial=initial)
        form.ask_each(self.to_be_asked())
        form.fields["people"].choices = people  # type: ignore[attr-defined]
        form.fields["services"].choices = [(str(one.id), one.name) for one in chosen if not one.cannot]  # type: ignore[attr-defined]
        return form


@staff_page(permission=Permission.REFERRAL_SEND, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def refer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Ask one or several services to help."""
    referring = Referring(request, request_id)
    if request.method != "POST":
        return _page(request, referring, referring.form(), status=200 if referring.is_possible() else CHANGED)
    posted = _posted_services(request.POST)
    if _was_sent(request.POST, posted):
        return back_to(request_id, "refer")
    chosen = choices_of(request_id, referring.asked, posted)
    form = referring.form(request.POST, list(chosen.values()))
    _refuse_what_cannot_be_chosen(form, chosen)
    if not form.is_valid():
        return _page(request, referring, form, chosen, status=WRONG)
    try:
        with transaction.atomic():
            _send(referring.card, form, chosen, by=account_of(request))
    except (actions.ChangedMeanwhile, actions.NoSuchMove):
        again = Referring(request, request_id)
        form = again.form(seen_anew(request.POST, again.card.version), list(chosen.values()))
        return _page(request, again, form, chosen, status=CHANGED)
    except (actions.BlockedByFamily, referrals.AlreadyAsked, referrals.ContactNotChecked) as refusal:
        form.add_error("services", _refusal(refusal))
        return _page(request, referring, form, chosen, status=WRONG)
    return back_to(request_id, "refer")


def _posted_services(data: QueryDict) -> list[UUID]:
    found = []
    for text in data.getlist("services")[:MOST_AT_ONCE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _was_sent(data: QueryDict, services: Sequence[UUID]) -> bool:
    """Whether this very form was sent before: it asked each of these services once, and is not to be told that it did."""
    try:
        keys = [sending_key(UUID(data.get("key", "")), service) for service in services]
    except ValueError:
        return False
    return bool(keys) and Referral.objects.filter(among("sending_key", keys)).count() == len(keys)


def sending_key(key: UUID, service: UUID) -> UUID:
    """The key of one referral, from its form's key and its service: the same form again gives the same."""
    return uuid5(key, str(service))


def _refuse_what_cannot_be_chosen(form: ReferForm, chosen: Mapping[UUID, Choice]) -> None:
    for choice in chosen.values():
        if choice.cannot:
            form.add_error("services", _("%(name)s cannot be asked. %(why)s") % {"name": choice.name, "why": choice.cannot})


def _refusal(refusal: Exception) -> str:
    if isinstance(refusal, referrals.AlreadyAsked):
        return _("%(name)s was asked already. Follow that referral.") % {"name": refusal.referral.service_name}
    if isinstance(refusal, referrals.ContactNotChecked):
        return _("Nobody checked for three months how they may be reached. Check it first, on the page of the request, or leave it out.")
    return _("The family said that %(agency)s must not see this. Take it out.") % {"agency": refusal}


def _send(card: RequestForAssistance, form: ReferForm, chosen: Mapping[UUID, Choice], *, by: Account) -> None:
    told, heard, moment = form.cleaned_data, form.heard(), now()
    ids = sorted(UUID(service) for service in told["services"])
    services = {service.id: service for service in Service.objects.filter(among("id", ids)).select_related("organisation")}
    sendings = [
        Sending(
            key=sending_key(told["key"], service),
            service=services[service],
            receiver=referrals.agency_for(services[service].organisation, by=by, now=moment),
            shares=frozenset(Shared(part) for part in told["shares"]),
            people=frozenset(UUID(alias) for alias in told["people"]),
            match_reasons=chosen[service].records(),
            words=told["words"],
            heard=heard,
        )
        for service in ids
    ]
    referrals.send(card, sendings, by=by, now=moment, seen_version=told["version"])


def _page(
    request: HttpRequest, referring: Referring, form: ReferForm, chosen: Mapping[UUID, Choice] | None = None, *, status: int
) -> HttpResponse:
    card, words = referring.card, " ".join(request.GET.get("q", "").split())[:LONGEST_SEARCH]
    shown = _with_chosen(offered(card.id, referring.asked, words), chosen or {})
    context = {
        **staff_context(request),
        "form": form,
        "head": heading(card, now()),
        "warnings": warnings_of(card, referring.answers),
        "sender_said": rows_of(card, referring.answers, SENDER_SAID) if form.asked else (),
        "wanted": rows_of(card, referring.answers, WANTED),
        "looked_for": _looked_for(referring.asked, referring.home_is_secret()),
        "offered": shown,
        "can_choose": any(not choice.cannot for choice in (*shown.found, *shown.suggested)),
        "words": words,
        "ticked": set(form["services"].value() or ()),
        "home_is_secret": referring.home_is_secret(),
        "is_possible": referring.is_possible(),
        "stage": Stage(card.stage).label,
        "conflict": Trail.of(card).latest() if status == CHANGED else "",
    }
    return render(request, "hub/refer.html", context, status=status)


def _with_chosen(shown: Offered, chosen: Mapping[UUID, Choice]) -> Offered:
    """What was chosen stays on the page, also where neither the search nor the suggestions show it now."""
    seen = {choice.id for choice in (*shown.found, *shown.suggested)}
    return Offered((*(choice for choice in chosen.values() if choice.id not in seen), *shown.found), shown.suggested, shown.left_out)


def _looked_for(asked: Asked, home_is_secret: bool) -> str:
    """What the suggestions were made from, in a line: so that nobody trusts what was not known."""
    needs = ", ".join(str(need.label) for need in Need if need in asked.needs)
    ages = ", ".join(str(age) for age in sorted(asked.ages))
    known = _("known") if asked.area_codes else _("not known")
    place = _("left out, because home is a secret") if home_is_secret else known
    return _("Made from needs: %(needs)s; ages: %(ages)s; place: %(place)s.") % {
        "needs": needs or _("not said"),
        "ages": ages or _("not said"),
        "place": place,
    }
