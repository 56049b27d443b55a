"""The circle on the hub's pages: who may see what of each person and why, adding a partner or deciding not to, and passing a concern on."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestNote, RequestPerson
from reachin.access.requests_for_assistance.rules import HUB_SEES
from reachin.families.information_sharing.actions import block, decide_sharing, record_agreement
from reachin.families.information_sharing.enums import Basis, Category, CircleRole, Decision, Informed, Purpose, SpecialCondition
from reachin.families.information_sharing.models import CircleEntry, SharingAgreement, SharingDecision
from reachin.families.information_sharing.rules import SevenThings
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.ids import new_id
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.agencies.models import Agency
from tests import cast
from tests.groundwork.page_parts.reading_html import Page, summary_links

from .partnership import read_page, words_of

WRONG, MISSING = 422, 404
SEVEN = {
    "decision": "share",
    "purpose": "support",
    "categories": ["contact", "story"],
    "why": "So that Tam sleeps.",
    "views": "Rowan asked for it, Tam does not mind.",
    "informed": "agreed",
    "necessity": "They cannot begin without a name.",
    "basis": "consent",
    "role": "service",
}
PROTECT = SEVEN | {
    "purpose": "protection",
    "informed": "not_told",
    "not_told_why": "He reads her post.",
    "basis": "legal_obligation",
    "role": "duty_desk",
}


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def people_of(made: RequestForAssistance) -> list[UUID]:
    rows = owned(RequestPerson).filter(request_for_assistance=made).select_related("alias").order_by("place")
    return [row.alias.person_id for row in rows]


def one_person(**told: Any) -> tuple[RequestForAssistance, UUID]:
    made = cast.family_request(people=None, **told)
    return made, people_of(made)[0]


def page(client: Client, name: str, *args: object, status: int = 200, **query: object) -> str:
    return read_page(client.get(reverse(f"hub:{name}", args=args), query), status)  # type: ignore[arg-type]


def form_for(person: UUID, agency: Agency, **told: Any) -> dict[str, Any]:
    return {**SEVEN, "key": str(new_id()), "person": str(person), "agency": str(agency.id), "agreement": "none", **told}


def post(made: RequestForAssistance, data: dict[str, Any], *, client: Client | None = None, name: str = "circle_add") -> Any:
    return (client or cast.signed_in(cast.hub_worker())).post(reverse(f"hub:{name}", args=[made.id]), data)


def agreement(with_whom: Agency, **told: Any) -> SharingAgreement:
    guardian = cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Ruth Imrie")
    with acting(guardian.actor()) as now:
        made = SharingAgreement(
            **{
                "name": "Routine family support",
                "purpose": Purpose.SUPPORT,
                "categories": [Category.CONTACT, Category.STORY],
                "basis": Basis.CONSENT,
                "why": "So that help begins sooner.",
                "necessity": "A name and what it is about.",
                "schedule": "By Reach In, as soon as it is decided.",
                "starts_on": now.date() - timedelta(days=10),
                "expires_on": now.date() + timedelta(days=100),
                **told,
            }
        )
        return record_agreement(made, parties=[with_whom], by=guardian, now=now)


def decide(made: RequestForAssistance, person: UUID, agency: Agency, **told: Any) -> None:
    worker = cast.hub_worker()
    said = {
        "decision": Decision.SHARE,
        "purpose": Purpose.SUPPORT,
        "categories": (Category.CONTACT,),
        "why": "So that Tam sleeps.",
        "views": "Rowan asked.",
        "necessity": "A name.",
        "informed": Informed.AGREED,
        "basis": Basis.CONSENT,
    }
    with cast.opened(worker, made) as now:
        decide_sharing(person, agency, SevenThings(**{**said, **told}), by=worker, now=now)


# Reading


def test_the_request_leads_to_the_circle_of_each_person(db: None) -> None:
    made, client = cast.family_request(), cast.signed_in(cast.hub_worker())
    assert reverse("hub:circle", args=[made.id]) in page(client, "request", made.id)
    told = words_of(page(client, "circle", made.id))
    assert "Rowan" in told
    assert "Tam" in told
    assert told.count("Receives the request for help") == 2


def test_a_share_stands_there_with_what_for_which_kinds_and_the_decision(db: None) -> None:
    made, person = one_person()
    decide(made, person, cast.charity())
    told = words_of(page(cast.signed_in(cast.hub_worker()), "circle", made.id))
    for words in (
        "Harbour Families",
        "To give help",
        "Names and how to get in touch",
        "The person agreed",
        "So that Tam sleeps.",
        "Rowan asked.",
    ):
        assert words in told
    assert "Morag Keir" in told or "Hub Worker" in told


def test_what_is_ended_or_past_its_day_stands_apart(db: None) -> None:
    made, person = one_person()
    decide(made, person, cast.charity())
    owned(CircleEntry).filter(agency=cast.charity()).update(until=made.received_at + timedelta(microseconds=1), starts_at=made.received_at)
    html = page(cast.signed_in(cast.hub_worker()), "circle", made.id)
    assert "Harbour Families" in words_of(html).split("Ended")[1]
    assert "End it" not in words_of(html)


@pytest.mark.parametrize("who", [cast.teacher, cast.support_worker, cast.stranger, cast.desk_worker])
def test_nobody_else_sees_it(db: None, who: Any) -> None:
    made = cast.family_request()
    client = cast.signed_in(who())
    for name in ("circle", "circle_add", "concern"):
        assert client.get(reverse(f"hub:{name}", args=[made.id])).status_code == MISSING
        assert client.post(reverse(f"hub:{name}", args=[made.id])).status_code in (MISSING, 405)


def test_a_masked_agency_is_named_to_those_who_decided_and_to_nobody_else(db: None) -> None:
    made, person = one_person(in_danger="yes")
    decide(made, person, cast.womens_aid(), why="The Lighthouse will hide her.")
    assert "Women's Aid" in page(cast.signed_in(cast.hub_worker()), "circle", made.id).replace("&#39;", "'")
    told = words_of(page(cast.signed_in(cast.duty_worker()), "circle", made.id))
    assert "Women" not in told
    assert "Lighthouse" not in told
    assert "A support service" in told


def test_what_the_person_was_not_told_of_is_shown_only_to_those_whom_it_concerns(db: None) -> None:
    made, person = one_person(in_danger="yes")
    secret = {"purpose": Purpose.PROTECTION, "informed": Informed.NOT_TOLD, "not_told_why": "He reads.", "basis": Basis.LEGAL_OBLIGATION}
    decide(made, person, cast.school(), **secret)
    assert "Portlennan Primary" in page(cast.signed_in(cast.hub_worker()), "circle", made.id)
    assert "Portlennan Primary" not in page(cast.signed_in(cast.duty_worker()), "circle", made.id)


# Adding


def test_first_it_is_asked_about_whom_and_which_organisation(db: None) -> None:
    made, client = cast.family_request(), cast.signed_in(cast.hub_worker())
    cast.charity(), cast.womens_aid()
    html = page(client, "circle_add", made.id)
    assert "never named to others" in html
    assert f'value="{cast.hub().id}"' not in html
    wrong = page(client, "circle_add", made.id, agency="")
    assert {"#id_person_0", "#id_agency"} == {link["href"] for link in summary_links(Page(wrong))}


def test_without_an_agreement_the_seven_things_are_asked_one_by_one(db: None) -> None:
    made, person = one_person()
    client = cast.signed_in(cast.hub_worker())
    html = page(client, "circle_add", made.id, person=person, agency=cast.charity().id)
    assert "There is no agreement between your organisations" in html
    assert post(made, form_for(person, cast.charity(), until_day="1", until_month="12", until_year="2099")).status_code == 302
    entry = owned(CircleEntry).get(agency=cast.charity())
    assert (entry.purpose, entry.categories, entry.basis, entry.until.year) == ("support", ["contact", "story"], "consent", 2099)
    assert cast.may_open(cast.support_worker(), "person", person)


def test_nothing_that_was_typed_is_lost_and_each_gap_is_told_beside_its_field(db: None) -> None:
    made, person = one_person()
    data = form_for(person, cast.charity(), why="Only this was typed.", views="", necessity="", categories=["safety"])
    html = read_page(post(made, data), WRONG)
    assert "Only this was typed." in html
    links = {link["href"] for link in summary_links(Page(html))}
    assert {"#id_views", "#id_necessity", "#id_special_condition_0"} <= links
    empty = read_page(post(made, {"person": str(person), "agency": str(cast.charity().id)}), WRONG)
    assert {"#id_decision_0", "#id_purpose_0", "#id_informed_0", "#id_basis_0", "#id_why", "#id_views"} <= {
        link["href"] for link in summary_links(Page(empty))
    }
    assert not owned(SharingDecision).exists()


def test_only_what_ones_own_organisation_may_see_is_offered(db: None) -> None:
    made, person = one_person()
    html = read_page(post(made, {"person": str(person), "agency": str(cast.charity().id)}), WRONG)
    assert {kind for kind in Category if f'value="{kind.value}"' in html} == set(HUB_SEES)
    assert post(made, form_for(person, cast.charity(), categories=["contact", "health"])).status_code == WRONG
    assert not owned(SharingDecision).exists()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"informed": "refused"}, "informed"),
        ({"informed": "told"}, "informed"),
        ({"basis": "public_task"}, "informed"),
        ({"informed": "not_told", "basis": "legal_obligation"}, "not_told_why"),
        ({"categories": []}, "categories"),
        ({"until_day": "1", "until_month": "1", "until_year": "2020"}, "until"),
    ],
)
def test_what_does_not_go_together_is_told(db: None, told: dict[str, Any], field: str) -> None:
    made, person = one_person()
    html = read_page(post(made, form_for(person, cast.charity(), **told)), WRONG)
    assert any(link["href"].startswith(f"#id_{field}") for link in summary_links(Page(html)))
    assert not owned(SharingDecision).exists()


def test_the_same_post_twice_makes_one(db: None) -> None:
    made, person = one_person()
    data = form_for(person, cast.charity())
    assert [post(made, data).status_code for _ in range(3)] == [302, 302, 302]
    assert owned(SharingDecision).count() == 1
    assert owned(CircleEntry).filter(agency=cast.charity()).count() == 1


def test_a_decision_not_to_share_is_kept_and_shown(db: None) -> None:
    made, person = one_person()
    data = form_for(person, cast.charity(), decision="not_share", informed="refused", why="He said no.")
    assert post(made, data).headers["Location"].endswith("?done=not_shared")
    assert not cast.may_open(cast.support_worker(), "person", person)
    told = words_of(page(cast.signed_in(cast.hub_worker()), "circle", made.id))
    assert "Decided not to share with Harbour Families" in told
    assert "He said no." in told


def test_the_partner_is_told_that_something_waits_and_no_more(db: None) -> None:
    made, person = one_person()
    owned(Agency).filter(id=cast.charity().id).update(email="team@harbour.example")
    post(made, form_for(person, cast.charity()))
    told = owned(Message).get(event="sharing.decided").unsealed()
    assert told["address"] == "team@harbour.example"
    assert not any(word in told["subject"] + told["words"] for word in ("Rowan", "Tam", "sleep"))


def test_somebody_of_another_request_cannot_be_slipped_in(db: None) -> None:
    made, _person = one_person()
    _other, foreign = one_person(your_name="Dean")
    assert post(made, form_for(foreign, cast.charity())).status_code == WRONG
    assert not owned(SharingDecision).exists()


# With an agreement


def test_an_agreement_fills_in_what_it_says_and_is_kept_with_the_decision(db: None) -> None:
    made, person = one_person()
    carries = agreement(cast.charity())
    html = page(cast.signed_in(cast.hub_worker()), "circle_add", made.id, person=person, agency=cast.charity().id)
    assert "So that help begins sooner." in html
    assert [box["value"] for box in Page(html).named("categories") if box.has("checked")] == ["contact", "story"]
    assert [box["value"] for box in Page(html).named("basis") if box.has("checked")] == ["consent"]
    assert post(made, form_for(person, cast.charity(), agreement=str(carries.id))).status_code == 302
    assert owned(SharingDecision).get().agreement_id == carries.id


def test_an_agreement_carries_no_more_than_it_says(db: None) -> None:
    made, person = one_person()
    carries = agreement(cast.charity())
    data = form_for(person, cast.charity(), agreement=str(carries.id), categories=["contact", "plan"])
    html = read_page(post(made, data), WRONG)
    assert "The agreement does not cover this" in html
    assert post(made, data | {"agreement": "none"}).status_code == 302
    assert owned(SharingDecision).get().agreement is None


@pytest.mark.parametrize("days", [(-10, -1), (5, 50)])
def test_an_agreement_that_is_not_in_force_fills_in_nothing(db: None, days: tuple[int, int]) -> None:
    made, person = one_person()
    today = made.received_at.date()
    agreement(cast.charity(), starts_on=today + timedelta(days=days[0]), expires_on=today + timedelta(days=days[1]))
    html = page(cast.signed_in(cast.hub_worker()), "circle_add", made.id, person=person, agency=cast.charity().id)
    assert "There is no agreement between your organisations" in html


# Blocks


def blocked_by_somebody() -> tuple[RequestForAssistance, UUID]:
    made, person = one_person()
    with cast.opened(cast.hub_worker(), made) as now:
        block(person, cast.social_work(), by=cast.hub_worker().id, now=now)
    return made, person


def test_a_blocked_organisation_is_refused_plainly(db: None) -> None:
    made, person = blocked_by_somebody()
    html = read_page(post(made, form_for(person, cast.social_work())), WRONG)
    assert "They said that this organisation must not see anything of them" in html
    assert 'name="beats_block"' not in html
    assert post(made, form_for(person, cast.social_work(), beats_block="on")).status_code == WRONG
    assert not owned(SharingDecision).exists()


def test_only_to_keep_somebody_safe_there_is_one_more_step_and_it_is_alerted(db: None) -> None:
    made, person = blocked_by_somebody()
    guardian = cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Ruth Imrie")
    data = form_for(person, cast.social_work(), **PROTECT)
    html = read_page(post(made, data), WRONG)
    assert 'name="beats_block"' in html
    assert "within 3 days" in html
    assert post(made, data | {"beats_block": "on"}).status_code == 302
    kept = owned(SharingDecision).get()
    assert kept.beats_block
    assert kept.review_due_at == kept.decided_at + timedelta(days=3)
    assert owned(Message).get(event="sharing.to_be_reviewed").unsealed()["address"] == guardian.email
    assert cast.may_open(cast.duty_worker(), "person", person, purpose="protection")


def test_nobody_marks_a_share_as_above_a_block_where_there_is_none(db: None) -> None:
    made, person = one_person()
    assert post(made, form_for(person, cast.social_work(), **PROTECT, beats_block="on")).status_code == 302
    assert not owned(SharingDecision).get().beats_block


def test_a_decision_not_to_share_with_a_blocked_organisation_is_kept(db: None) -> None:
    made, person = blocked_by_somebody()
    assert post(made, form_for(person, cast.social_work(), decision="not_share", informed="refused")).status_code == 302


# Ending


def test_a_share_of_ones_own_agency_is_ended_at_once(db: None) -> None:
    made, person = one_person()
    decide(made, person, cast.charity())
    entry = owned(CircleEntry).get(agency=cast.charity())
    client, address = cast.signed_in(cast.hub_worker()), reverse("hub:circle_end", args=[made.id, entry.id])
    assert address in page(client, "circle", made.id)
    assert "Harbour Families" in read_page(client.get(address))  # type: ignore[arg-type]
    assert [client.post(address).status_code for _ in range(2)] == [302, 302]
    assert owned(CircleEntry).get(id=entry.id).ended_by == cast.hub_worker().id
    assert not cast.may_open(cast.support_worker(), "person", person)


def test_what_another_agency_decided_is_not_there_to_be_ended(db: None) -> None:
    made, person = one_person(in_danger="yes")
    decide(made, person, cast.charity())
    shared, own = owned(CircleEntry).get(agency=cast.charity()), owned(CircleEntry).get(agency=cast.hub())
    for worker, entry in ((cast.duty_worker(), shared), (cast.hub_worker(), own)):
        client, address = cast.signed_in(worker), reverse("hub:circle_end", args=[made.id, entry.id])
        assert client.get(address).status_code == client.post(address).status_code == MISSING
    assert not owned(CircleEntry).exclude(ended_at=None).exists()


# A concern goes on


def concern_form(made: RequestForAssistance, **told: Any) -> dict[str, Any]:
    return {
        "key": str(new_id()),
        "concern": "child_protection",
        "desk": str(cast.social_work().id),
        "people": [str(one) for one in people_of(made)],
        "categories": ["contact", "story", "safety"],
        "special_condition": SpecialCondition.SAFEGUARDING,
        "why": "A bruise that nobody explains.",
        "views": "Tam would not say.",
        "informed": "told",
        "necessity": "They have to know who it is.",
        "basis": "legal_obligation",
        **told,
    }


def test_a_concern_is_passed_on_kept_and_stops_nothing(db: None) -> None:
    made = cast.family_request()
    client = cast.signed_in(cast.hub_worker())
    cast.social_work()
    assert "Pass a concern on" in page(client, "concern", made.id)
    data = concern_form(made)
    assert [post(made, data, client=client, name="concern").status_code for _ in range(2)] == [302, 302]
    note = owned(RequestNote).get(request_for_assistance=made, kind="decision")
    assert "A bruise that nobody explains." in note.words()
    assert cast.social_work().name in note.words()
    assert (note.written_by, note.written_at.tzinfo is not None) == (cast.hub_worker().id, True)
    now_at = owned(RequestForAssistance).get(id=made.id)
    assert (now_at.stage, now_at.version, now_at.holder_agency_id) == (made.stage, made.version, made.holder_agency_id)
    for person in people_of(made):
        assert cast.may_open(cast.duty_worker(), "person", person, purpose="protection")
    assert set(owned(CircleEntry).filter(agency=cast.social_work()).values_list("role", flat=True)) == {CircleRole.DUTY_DESK}


def test_a_concern_says_about_whom_why_and_what(db: None) -> None:
    made = cast.family_request()
    cast.social_work()
    html = read_page(post(made, concern_form(made, people=[], why="", views="He is six."), name="concern"), WRONG)
    assert {"#id_people_0", "#id_why"} <= {link["href"] for link in summary_links(Page(html))}
    assert "He is six." in html
    assert not owned(SharingDecision).exists()


def test_a_concern_goes_above_a_block_only_where_that_is_said(db: None) -> None:
    made, _person = blocked_by_somebody()
    html = read_page(post(made, concern_form(made), name="concern"), WRONG)
    assert 'name="beats_block"' in html
    assert post(made, concern_form(made, beats_block="on"), name="concern").status_code == 302
    assert owned(SharingDecision).get().beats_block


def test_only_whoever_holds_the_request_passes_a_concern_on(db: None) -> None:
    made = cast.danger_request()
    client = cast.signed_in(cast.duty_worker())
    assert client.get(reverse("hub:concern", args=[made.id])).status_code == MISSING
    assert post(made, concern_form(made), client=client, name="concern").status_code == MISSING
