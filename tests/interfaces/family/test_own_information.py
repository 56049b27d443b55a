"""What somebody sees and does about their own information."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance import safety
from reachin.access.requests_for_assistance.enums import Urgency
from reachin.access.requests_for_assistance.models import DangerAlert, RequestForAssistance, RequestPerson
from reachin.families.information_requests import actions
from reachin.families.information_requests.enums import AskedFor, Face
from reachin.families.information_requests.models import InformationRequest
from reachin.families.information_sharing.actions import block, look_first, review_emergency
from reachin.families.information_sharing.enums import Basis, Category, Informed, ReviewOutcome
from reachin.families.information_sharing.models import Block, CircleEntry
from reachin.families.own_accounts.enums import Ground
from reachin.families.people.models import ContactInstruction, PersonDetails
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.agencies.models import Agency
from tests import cast
from tests.families.information_requests.asking import asked_by, asker, guardian, opened, released, second_guardian
from tests.families.information_sharing.test_circles import PROTECT, SEVEN, shared

PAGES = ("information", "circle", "looked", "contact", "home", "must_not_see", "correct", "ask_about", "complain")


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(reverse(f"family:{name}", args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def agreed(made: RequestForAssistance, agency: Agency | None = None, **more: Any) -> CircleEntry:
    """What the asker agreed to share."""
    decided = shared(made, asker(made).id, agency or cast.charity(), replace(SEVEN, categories=(Category.CONTACT, Category.STORY)), **more)
    entry: CircleEntry = owned(CircleEntry).get(decision=decided)
    return entry


@pytest.mark.parametrize("name", PAGES)
def test_a_request_that_a_worker_sent_has_no_own_pages(db: None, name: str) -> None:
    assert cast.came_in(cast.practitioner_request()).get(reverse(f"family:{name}")).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_nobody_comes_in_without_code_and_phrase(db: None, name: str) -> None:
    assert Client().get(reverse(f"family:{name}")).status_code == 302


def test_the_status_page_leads_there_for_whoever_asked_for_themselves(db: None) -> None:
    assert "/my-information/" in page(cast.came_in(cast.family_request()), "status")
    assert "/my-information/" not in page(cast.came_in(cast.practitioner_request()), "status")


# Who can see it


def test_each_entry_says_who_for_what_which_words_until_when_and_why(db: None) -> None:
    made = cast.family_request()
    agreed(made)
    shown = page(cast.came_in(made), "circle")
    for words in (
        "Harbour Families", "To help you", "What you told us is going on", "You agreed to it.", "Until somebody ends it",
        "Strathlennan Family Hub", "It is their job by law", "End this", "Can I end this?",
    ):  # fmt: skip
        assert words in shown


def test_one_practitioner_is_named_and_a_masked_service_never_is(db: None) -> None:
    made = cast.family_request()
    agreed(made, account=cast.support_worker())
    agreed(made, cast.womens_aid())
    shown = page(cast.came_in(made), "circle")
    assert "Joan Pirie, Harbour Families" in shown
    assert "A service that we do not name here" in shown
    assert "Women" not in shown


def test_who_asked_for_help_for_them_is_not_told(db: None) -> None:
    made = cast.practitioner_request()
    person = owned(RequestPerson).select_related("alias").get(request_for_assistance=made, is_contact=True).alias.person_id
    account, _code = cast.own_account(made, person, Ground.UNDERSTANDS, why="Knows what it is about.")
    client, teacher = cast.came_in(account), cast.teacher()
    shown = page(client, "circle")
    assert "Strathlennan Family Hub" in shown
    assert teacher.name not in shown
    assert teacher.agency.name not in shown
    entry = owned(CircleEntry).get(person_id=person, account=teacher)
    assert client.get(reverse("family:end_share", args=[entry.id])).status_code == 404


def test_somebody_reads_their_own_circle_and_not_their_childs(db: None) -> None:
    made = cast.family_request()
    child = owned(PersonDetails).exclude(person_id=asker(made).id).get().person_id
    shared(made, child, cast.school())
    assert "Portlennan Primary" not in page(cast.came_in(made), "circle")


def test_what_they_were_not_told_of_is_on_no_page(db: None) -> None:
    made = cast.family_request()
    decided = shared(made, asker(made).id, cast.social_work(), PROTECT)
    client = cast.came_in(made)
    assert "Social Work" not in page(client, "circle")
    entry = owned(CircleEntry).get(decision=decided)
    assert client.get(reverse("family:end_share", args=[entry.id])).status_code == 404


def test_ending_is_asked_once_more_and_then_acts_at_once(db: None) -> None:
    made = cast.family_request()
    entry = agreed(made)
    client, address = cast.came_in(made), reverse("family:end_share", args=[entry.id])
    assert "They can no longer open it, from this moment." in page(client, "end_share", entry.id)
    assert cast.may_open(cast.support_worker(), "person", asker(made).id)
    assert client.post(address).status_code == 302
    assert not cast.may_open(cast.support_worker(), "person", asker(made).id)
    shown = page(client, "circle", ended="yes")
    assert "It has ended." in shown
    assert "What has ended" in shown
    assert client.post(address).status_code == 404
    assert owned(CircleEntry).get(id=entry.id).ended_by == made.id


def test_what_cannot_be_ended_says_who_decides_and_how_to_object(db: None) -> None:
    made = cast.family_request()
    decided = shared(made, asker(made).id, cast.charity(), replace(SEVEN, informed=Informed.TOLD, basis=Basis.PUBLIC_TASK))
    entry, client = owned(CircleEntry).get(decision=decided), cast.came_in(made)
    shown = page(client, "end_share", entry.id)
    assert "Strathlennan Family Hub decides about this." in shown
    assert "?about=objection" in shown
    assert client.post(reverse("family:end_share", args=[entry.id])).status_code == 409
    assert owned(CircleEntry).get(id=entry.id).ended_at is None
    assert 'value="objection" checked' in " ".join(page(client, "ask_about", about="objection").split())


def test_what_ran_out_by_the_clock_stands_with_what_has_ended(db: None, time_is: Any) -> None:
    made = cast.family_request()
    with cast.opened(cast.hub_worker(), made) as now:
        until = now + timedelta(days=1)
    agreed(made, until=until)
    time_is(until + timedelta(days=1))
    assert "What has ended" in page(cast.came_in(made), "circle")


def test_an_estranged_father_with_his_own_request_sees_and_ends_nothing_of_hers(db: None) -> None:
    hers, his = cast.family_request(), cast.family_request(your_name="Dean")
    entry, asked = agreed(hers), asked_by(hers)
    with cast.as_family(hers) as now:
        safety.keep_out(hers, cast.school(), by=hers.id, now=now)
    held = owned(Block).filter(person=asker(hers)).get()
    dean = cast.came_in(his)
    for name, found in (("end_share", entry.id), ("let_in", held.id), ("asked", asked.id), ("asked_print", asked.id)):
        foreign, missing = (dean.get(reverse(f"family:{name}", args=[one])) for one in (found, UUID(int=7)))
        assert (foreign.status_code, foreign.content) == (404, missing.content)
    for name in PAGES:
        assert "Harbour Families" not in page(dean, name).replace(">Harbour Families</option>", "")
    assert dean.post(reverse("family:end_share", args=[entry.id])).status_code == 404
    assert dean.post(reverse("family:let_in", args=[held.id])).status_code == 404


# Who looked


def test_who_looked_is_told_by_day_and_late(db: None, time_is: Any) -> None:
    made = cast.family_request()
    with cast.opened(cast.hub_worker(), made, read_only=True) as now:
        pass
    client = cast.came_in(made)
    assert "Nobody is on this list yet" in page(client, "looked")
    time_is(now + timedelta(days=4))
    shown = page(client, "looked")
    assert "Somebody from the family support team" in shown
    assert "To read what you asked for, and to find the right help" in shown
    assert "three days late" in shown


# Staying safe


def test_how_we_are_in_touch_is_shown_and_changed(db: None) -> None:
    made = cast.family_request()
    client = cast.came_in(made)
    assert "07700 900123" in page(client, "contact")
    wrong = client.post(reverse("family:contact"), {"contact_way": "email", "safe_times": "Mornings"})
    assert wrong.status_code == 422
    assert "Write the email address" in wrong.content.decode()
    assert "Mornings" in wrong.content.decode()
    assert client.post(reverse("family:contact"), {"contact_way": "email", "email": "new@post.example"}).status_code == 302
    told = owned(ContactInstruction).get(ended_at=None).told()
    assert (told["contact_way"], told["email"]) == ("email", "new@post.example")


def test_where_somebody_lives_is_kept_secret_at_their_word(db: None) -> None:
    client = cast.came_in(cast.family_request())
    assert client.post(reverse("family:home"), {}).status_code == 422
    assert client.post(reverse("family:home"), {"is_hidden": "yes"}).status_code == 302
    assert 'value="yes" checked' in " ".join(page(client, "home").split())


def test_an_agency_is_named_and_let_in_again(db: None) -> None:
    referral = cast.sent_referral()
    client = cast.came_in(referral.request_for_assistance_id)
    assert "You named nobody" in page(client, "must_not_see")
    assert client.post(reverse("family:must_not_see"), {"agency": str(cast.charity().id)}).status_code == 302
    assert not cast.may_open(cast.support_worker(), "referral", referral.id)
    assert "You said that they must not see it." in page(client, "circle")
    made = owned(RequestForAssistance).get(id=referral.request_for_assistance_id)
    held = owned(Block).get(person=asker(made))
    assert "Harbour Families" in page(client, "let_in", held.id)
    assert client.post(reverse("family:let_in", args=[held.id])).status_code == 302
    assert cast.may_open(cast.support_worker(), "referral", referral.id)


def test_the_hub_that_holds_it_and_unknown_ones_cannot_be_chosen(db: None) -> None:
    client = cast.came_in(cast.family_request())
    for chosen in (str(cast.hub().id), str(UUID(int=7)), "", "x"):
        assert client.post(reverse("family:must_not_see"), {"agency": chosen}).status_code == 422
    assert not owned(Block).exists()


def test_whoever_reads_the_request_now_can_be_kept_out_when_another_takes_it_on(db: None) -> None:
    made = cast.family_request()
    client, hub = cast.came_in(made), cast.hub()
    assert "nobody else here can read it instead" in page(client, "must_not_see")
    desk = cast.duty_worker().agency
    assert "They get all that you told us." in page(client, "must_not_see")
    for door in ("", str(hub.id), "x"):
        assert client.post(reverse("family:must_not_see"), {"agency": str(hub.id), "door": door}).status_code == 422
    assert client.post(reverse("family:must_not_see"), {"agency": str(hub.id), "door": str(desk.id)}).status_code == 302
    assert not cast.may_open(cast.hub_worker(), "request", made.id)
    assert hub.name in page(client, "must_not_see")
    assert client.get(reverse("family:status")).status_code == 200


def test_a_block_that_somebody_else_said_does_not_show(db: None) -> None:
    made = cast.family_request()
    with cast.opened(cast.hub_worker(), made) as now:
        said = block(asker(made).id, cast.charity(), by=cast.hub_worker().id, now=now)
    client = cast.came_in(made)
    assert "You named nobody" in page(client, "must_not_see")
    assert client.get(reverse("family:let_in", args=[said.id])).status_code == 404


def test_a_name_and_an_age_are_put_right(db: None) -> None:
    made = cast.family_request()
    client = cast.came_in(made)
    assert 'value="Rowan"' in page(client, "correct")
    assert client.post(reverse("family:correct"), {"known_as": "", "age_years": "x"}).status_code == 422
    assert client.post(reverse("family:correct"), {"known_as": "Rowena", "age_years": "33"}).status_code == 302
    facts = owned(PersonDetails).get(person=asker(made)).facts()
    assert (facts.known_as, facts.age_years) == ("Rowena", 33)
    assert owned(AuditEvent).filter(event="person.corrected").count() == 1


# Asking


def test_somebody_asks_for_a_copy_and_sees_who_answers_and_by_when(db: None) -> None:
    made = cast.family_request()
    client = cast.came_in(made)
    answer = client.post(reverse("family:ask_about"), {"kind": "copy"})
    asked = owned(InformationRequest).get()
    assert answer.headers["Location"] == reverse("family:asked", args=[asked.id])
    shown = page(client, "asked", asked.id)
    assert "Nobody has looked at it yet" in shown
    assert "Strathlennan Family Hub" in shown
    assert client.post(reverse("family:ask_about"), {"kind": "copy"}).headers["Location"] == answer.headers["Location"]
    assert "A copy of what we hold about you" in page(client, "information")


@pytest.mark.parametrize("kind", ["", "erasure", "objection", "correction", "complaint", "gossip"])
def test_what_is_to_be_done_has_to_be_said(db: None, kind: str) -> None:
    client = cast.came_in(cast.family_request())
    assert client.post(reverse("family:ask_about"), {"kind": kind}).status_code == 422
    assert not owned(InformationRequest).exists()


@pytest.mark.parametrize(("told", "status"), [({}, 422), ({"face": "sad"}, 302), ({"words": "He laughed."}, 302), ({"face": "smug"}, 422)])
def test_a_complaint_is_a_face_or_words(db: None, told: dict[str, str], status: int) -> None:
    client = cast.came_in(cast.young_persons_request())
    assert client.post(reverse("family:complain"), told).status_code == status
    assert owned(InformationRequest).count() == (status == 302)


def test_the_copy_is_read_once_it_is_given_and_prints(db: None) -> None:
    made = cast.family_request()
    cast.sent_referral(made)
    asked = released(made, answer="This is all that we hold.")
    client = cast.came_in(made)
    for name in ("asked", "asked_print"):
        shown = page(client, name, asked.id)
        assert "This is all that we hold." in shown
        assert "Tam will not sleep" in shown
        assert "Strathlennan Family Hub answers for this." in shown
        assert "Whose views were heard" not in shown


def test_a_refusal_shows_its_reason_and_not_the_draft(db: None) -> None:
    made = cast.family_request()
    asked = asked_by(made, AskedFor.ERASURE, words="Delete it all.")
    with opened(guardian(), asked) as now:
        actions.prepare(asked, by=guardian(), answer="A draft.", now=now)
    with opened(second_guardian(), asked) as now:
        actions.refuse(asked, by=second_guardian(), reason="The law says that we keep it for 25 years.", now=now)
    shown = page(cast.came_in(made), "asked", asked.id)
    assert "The law says that we keep it" in shown
    assert "A draft." not in shown


def test_a_late_answer_says_so_and_where_else_to_turn(db: None, time_is: Any) -> None:
    made = cast.family_request()
    asked = asked_by(made, AskedFor.COMPLAINT, face=Face.MIXED)
    time_is(asked.asked_at + timedelta(days=40))
    shown = page(cast.came_in(made), "asked", asked.id)
    assert "You should have had an answer by now" in shown
    assert "Mixed up" in shown


# By an account of one's own


def account_of(made: RequestForAssistance) -> UUID:
    """A page of their own of whoever asked."""
    return cast.own_account(made, asker(made).id)[0]


def test_with_an_account_somebody_sees_ends_and_asks_the_same(db: None) -> None:
    made = cast.family_request()
    entry = agreed(made)
    client = cast.came_in(account_of(made))
    assert reverse("family:own_must_not_see") in page(client, "information")
    assert "Harbour Families" in page(client, "circle")
    assert client.post(reverse("family:end_share", args=[entry.id])).status_code == 302
    assert not cast.may_open(cast.support_worker(), "person", asker(made).id)
    asked = client.post(reverse("family:ask_about"), {"kind": "copy"})
    assert client.get(asked.headers["Location"]).status_code == 200
    assert owned(InformationRequest).get().person_id == asker(made).id
    for name in ("contact", "home", "must_not_see", "correct"):
        assert client.get(reverse(f"family:{name}")).status_code == 404


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("complain", {"face": "scared", "words": "My dad hits me and said he will kill me."}),
        ("ask_about", {"kind": "correction", "words": "It says that all is well, but my dad hits me."}),
        ("ask_about", {"kind": "erasure", "words": "Delete it or my dad will kill me."}),
    ],
)
def test_danger_in_what_somebody_asks_or_complains_of_is_alerted_at_once(db: None, name: str, told: dict[str, str]) -> None:
    made = cast.young_persons_request()
    answer = cast.came_in(made).post(reverse(f"family:{name}"), told, follow=True)
    assert "We have told the duty worker" in answer.content.decode()
    alert = DangerAlert.objects.using("owner").get()
    assert (alert.request_for_assistance_id, alert.duty_agency) == (made.id, cast.social_work())


def test_what_tells_of_no_danger_alerts_nobody(db: None) -> None:
    made = cast.young_persons_request()
    answer = cast.came_in(made).post(reverse("family:complain"), {"face": "sad", "words": "He laughed at me."}, follow=True)
    assert "duty worker" not in answer.content.decode()
    assert not DangerAlert.objects.using("owner").exists()


def test_danger_from_a_page_of_ones_own_is_alerted_without_showing_the_asker_anything(db: None) -> None:
    made = cast.family_request(people=[{"known_as": "Skye", "age_years": 13, "relation": "child"}])
    row = RequestPerson.objects.using("owner").select_related("alias").get(request_for_assistance=made, is_contact=False)
    account, _ = cast.own_account(made, row.alias.person_id, Ground.TWELVE)
    before = RequestForAssistance.objects.using("owner").get(id=made.id).contact_due_at
    cast.came_in(account).post(reverse("family:complain"), {"words": "My dad hits me."})
    assert DangerAlert.objects.using("owner").get().request_for_assistance_id == made.id
    after = RequestForAssistance.objects.using("owner").get(id=made.id)
    assert (after.urgency, after.contact_due_at) == (Urgency.DANGER, before)


def test_a_look_without_time_to_ask_shows_after_its_review_with_what_was_found(db: None, time_is: Any) -> None:
    made, worker, ours = cast.family_request(), cast.support_worker(), cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    with acting(worker.actor()) as now:
        access = look_first("request", made.id, by=worker, reason="She rang and is afraid.", now=now)
    cast.may_open(worker, "request", made.id, purpose="emergency")
    with acting(ours.actor()) as now:
        review_emergency(access.id, by=ours, outcome=ReviewOutcome.NOT_JUSTIFIED, words="It was curiosity.", now=now)
    assert "They said that there was no time to ask first" not in page(cast.came_in(made), "looked")
    time_is(access.starts_at + timedelta(days=4))
    shown = page(cast.came_in(made), "looked")
    assert "They said that there was no time to ask first" in shown
    assert "it was not right to look. We are sorry" in shown
