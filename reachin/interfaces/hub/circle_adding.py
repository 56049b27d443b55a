"""Adding a partner to somebody's circle, or deciding not to: the same two steps wherever the person is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from reachin.families.information_sharing.actions import IsBlocked, decide_sharing
from reachin.families.information_sharing.blocked import agencies_kept_from, own_categories
from reachin.families.information_sharing.enums import CircleRole, Decision
from reachin.families.information_sharing.models import SharingAgreement, SharingDecision
from reachin.families.information_sharing.rules import PUBLIC_BODIES
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.groundwork.permissions.rules import roles_with
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from .circle_forms import BASIS_HINTS, BLOCKED, GO_ABOVE, INFORMED_HINTS, KIND_HINTS, MASKED, DecisionForm, PartnerForm
from .navigation import account_of, staff_context
from .reading import today_of

WRONG = 422
WITHOUT = "none"
"""In the address: decide without an agreement, though there is one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody's circle is added to: who is open there, and the way back to their circle."""

    people: Mapping[UUID, str]
    back: str
    back_words: str
    context: Mapping[str, Any] = field(default_factory=dict)


def adding_page(request: HttpRequest, place: Place) -> HttpResponse:
    """First about whom and which agency; then what was decided, filled in by an agreement where there is one."""
    account = account_of(request)
    told = request.POST if request.method == "POST" else request.GET
    agencies = partners_of(account)
    is_chosen = "agency" in told or request.method == "POST"
    choosing = PartnerForm(told if is_chosen else None, initial=_only(place.people), people=place.people, agencies=agencies)
    if not choosing.is_valid():
        return _page(request, place, choosing=choosing, status=WRONG if request.method == "POST" else 200)
    person_id, agency = UUID(choosing.cleaned_data["person"]), Agency.objects.get(id=choosing.cleaned_data["agency"])
    adding = Adding(account, person_id, agency, str(told.get("agreement", "")))
    if request.method != "POST":
        return _page(request, place, adding=adding, form=adding.form())
    form = adding.form(request.POST)
    if not form.is_valid():
        return _page(request, place, adding=adding, form=form, status=WRONG)
    return _decide(request, place, adding, form)


def _decide(request: HttpRequest, place: Place, adding: "Adding", form: DecisionForm) -> HttpResponse:
    key, things = adding.key_of(form.cleaned_data["key"]), form.things()
    done = redirect(f"{place.back}?done={'shared' if things.decision == Decision.SHARE else 'not_shared'}")
    try:
        with transaction.atomic():
            decide_sharing(
                adding.person_id,
                adding.agency,
                things,
                by=adding.account,
                now=now(),
                agreement=adding.agreement,
                until=form.until_when(),
                role=CircleRole(form.cleaned_data["role"]),
                account=adding.colleague(form.cleaned_data.get("account", "")),
                key=key,
            )
    except IntegrityError:
        if not SharingDecision.objects.filter(id=key).exists():
            raise
    except IsBlocked:
        form.add_error("decision", str(BLOCKED))
        return _page(request, place, adding=adding, form=form, status=WRONG)
    return done


def partners_of(account: Account) -> list[tuple[str, str]]:
    """The agencies that can be added, as a list's choices. Whoever chooses a masked one has to see its name."""
    found = Agency.objects.active().exclude(id=account.agency_id).order_by("name").values_list("id", "name", "is_masked")
    return [(str(one), str(MASKED % {"name": name}) if is_masked else name) for one, name, is_masked in found]


def colleagues_of(agency: Agency) -> list[tuple[str, str]]:
    """Those at an agency to whom alone something can be shared, as a list's choices. Who works for a masked one is nobody's to read."""
    if agency.is_masked:
        return []
    found = Account.objects.active().filter(agency=agency, role__in=roles_with(Permission.CIRCLE_EXTEND)).order_by("name", "id")
    return [(str(one.id), f"{one.name}, {one.job_title}" if one.job_title else one.name) for one in found]


def _only(people: Mapping[UUID, str]) -> dict[str, str]:
    return {"person": str(next(iter(people)))} if len(people) == 1 else {}


class Adding:
    """One person and one agency, and what stands between them: a block, or agreements that are in force."""

    def __init__(self, account: Account, person_id: UUID, agency: Agency, wanted: str) -> None:
        self.account, self.person_id, self.agency = account, person_id, agency
        self.today = today_of(now())
        self.is_blocked = agency.id in agencies_kept_from([person_id])
        in_force = SharingAgreement.objects.in_force(self.today).between(account.agency_id, agency.id)
        self.agreements: Sequence[SharingAgreement] = list(in_force.order_by("-expires_on", "id"))
        self.agreement = self._chosen(wanted)

    def _chosen(self, wanted: str) -> SharingAgreement | None:
        if wanted == WITHOUT or not self.agreements:
            return None
        return next((one for one in self.agreements if str(one.id) == wanted), self.agreements[0])

    def others(self) -> list[SharingAgreement]:
        """The other agreements that could carry it."""
        return [one for one in self.agreements if one != self.agreement]

    def form(self, data: Mapping[str, Any] | None = None) -> DecisionForm:
        """The form, with what the agreement says."""
        return DecisionForm(
            data,
            initial=self._initial(),
            kind=AgencyKind(self.account.agency.kind),
            agreement=self.agreement,
            is_blocked=self.is_blocked,
            may_go_above=self.account.may(Permission.BLOCK_OVERRULE) and self.account.agency.kind in PUBLIC_BODIES,
            own=own_categories(self.person_id),
            colleagues=colleagues_of(self.agency),
            today=self.today,
        )

    def _initial(self) -> dict[str, Any]:
        given: dict[str, Any] = {
            "key": new_id(),
            "person": self.person_id,
            "agency": self.agency.id,
            "agreement": self.agreement.id if self.agreement else WITHOUT,
            "role": CircleRole.SERVICE,
            "special_condition": "",
            "criminal_condition": "",
        }
        if self.agreement is None:
            return given
        said = ("purpose", "categories", "basis", "special_condition", "criminal_condition", "statutory_power", "why", "necessity")
        return given | {"decision": Decision.SHARE} | {name: getattr(self.agreement, name) for name in said}

    def colleague(self, chosen: str) -> Account | None:
        """The one person there who was chosen, if it is not the whole agency."""
        return Account.objects.get(id=chosen) if chosen else None

    def key_of(self, key: UUID) -> UUID:
        """The id of the decision that this form makes: the same form again gives the same."""
        return uuid5(key, f"{self.account.id} {self.person_id} {self.agency.id}")


def _page(
    request: HttpRequest,
    place: Place,
    *,
    choosing: PartnerForm | None = None,
    adding: Adding | None = None,
    form: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        **staff_context(request),
        **place.context,
        "place": place,
        "choosing": choosing,
        "adding": adding,
        "form": form,
        "shown_form": form or choosing,
        "who": place.people[adding.person_id] if adding is not None else "",
        "title": _("Add a partner, or decide not to"),
        "basis_hints": BASIS_HINTS,
        "kind_hints": KIND_HINTS,
        "informed_hints": INFORMED_HINTS,
        "blocked_words": BLOCKED,
        "above_words": GO_ABOVE,
    }
    return render(request, "hub/circle_add.html", context, status=status)
