"""What a receiving organisation sees of somebody who ended their share: from the page where it ends to the inbox."""

from typing import Any

from django.urls import reverse

from reachin.access.referrals.models import Referral
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.models import CircleEntry
from reachin.groundwork.notices.models import Message
from tests import cast

ALONE: dict[str, Any] = {"known_as": "Rowan", "people": []}
TWO: dict[str, Any] = {
    "known_as": "Rowan",
    "people": [{"known_as": "Tam", "age_years": 9, "relation": "child"}],
    "story": "We fled in May.",
}


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def ended_by_the_asker(made: RequestForAssistance) -> Referral:
    charity = cast.charity()
    charity.email = "desk@harbour.example"
    charity.save(update_fields=["email"])
    sent = cast.sent_referral(made)
    first = owned(RequestPerson).filter(request_for_assistance=made).order_by("place").select_related("alias").first()
    entry = owned(CircleEntry).get(agency=charity, person_id=first.alias.person_id)
    assert cast.came_in(made).post(reverse("family:end_share", args=[entry.id])).status_code == 302
    return sent


def page(address: str) -> str:
    answer = cast.signed_in(cast.support_worker()).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_inbox_keeps_no_name_the_page_is_not_there_and_nothing_can_be_answered(db: None) -> None:
    sent = ended_by_the_asker(cast.family_request(**ALONE))
    inbox, closed = page(reverse("practitioner:inbox")), page(reverse("practitioner:inbox") + "?show=closed")
    assert "Rowan" not in inbox + closed
    assert "The name is no longer shown" in closed
    worker, address = cast.signed_in(cast.support_worker()), reverse("practitioner:answer", args=[sent.id])
    assert worker.get(reverse("practitioner:referral", args=[sent.id])).status_code == 404
    assert worker.get(reverse("practitioner:referral_print", args=[sent.id])).status_code == 404
    assert "Rowan" not in page(address)
    assert worker.post(address, {"to": "accepted", "version": sent.version, "words": ""}).status_code == 409
    assert owned(Referral).get(id=sent.id).state == "withdrawn_by_family"
    assert owned(Message).get(event="referral.share_ended").unsealed()["address"] == "desk@harbour.example"


def test_for_the_others_it_goes_on_by_name_without_the_story_that_was_told_for_all(db: None) -> None:
    sent = ended_by_the_asker(cast.family_request(**TWO))
    inbox, shown = page(reverse("practitioner:inbox")), page(reverse("practitioner:referral", args=[sent.id]))
    assert "Tam" in inbox
    for gone in ("Rowan", "We fled"):
        assert gone not in inbox + shown
    assert "What was shared has changed" in shown
    assert "Person 1 of 1: what you may see" in shown
    worker = cast.signed_in(cast.support_worker())
    assert worker.get(reverse("practitioner:referral_print", args=[sent.id])).status_code == 404
    given = {"to": "accepted", "version": sent.version, "words": "We start with Tam."}
    assert worker.post(reverse("practitioner:answer", args=[sent.id]), given).status_code == 302
    assert owned(Referral).get(id=sent.id).state == "accepted"


def test_when_the_hub_ends_the_share_it_is_said_to_be_taken_back_by_the_sender(db: None) -> None:
    made = cast.family_request(**ALONE)
    sent = cast.sent_referral(made)
    entry = owned(CircleEntry).get(agency=cast.charity())
    hub = cast.signed_in(cast.hub_worker())
    assert hub.post(reverse("hub:circle_end", args=[made.id, entry.id])).status_code == 302
    assert owned(Referral).get(id=sent.id).state == "withdrawn_by_sender"
    assert "Rowan" not in page(reverse("practitioner:inbox") + "?show=closed")


def test_a_share_that_ends_for_one_leaves_the_other_on_the_card(db: None) -> None:
    made = cast.family_request(**TWO)
    sent = cast.sent_referral(made)
    rows = owned(RequestPerson).filter(request_for_assistance=made).order_by("place").select_related("alias")
    tam = list(rows)[1].alias.person_id
    entry = owned(CircleEntry).get(agency=cast.charity(), person_id=tam)
    hub = cast.signed_in(cast.hub_worker())
    assert hub.post(reverse("hub:circle_end", args=[made.id, entry.id])).status_code == 302
    card = owned(Referral).get(id=sent.id)
    assert (card.state, card.display_name) == ("sent", "Rowan")
