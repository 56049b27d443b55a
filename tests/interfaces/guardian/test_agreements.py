"""The register of agreements: entering one, reading, printing, ending, and what its days say."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reachin.families.information_sharing.models import SharingAgreement
from reachin.groundwork.ids import new_id
from tests import cast
from tests.groundwork.page_parts.reading_html import Page, problems_for_people, summary_links

from .room import agreement, guardian, owned, words

WRONG, MISSING = 422, 404


def form(**told: Any) -> dict[str, Any]:
    return {
        "key": str(new_id()),
        "name": "Family support in the schools",
        "parties": [str(cast.school().id)],
        "purpose": "support",
        "categories": ["contact", "plan"],
        "why": "So that the school and the hub act together.",
        "necessity": "A name and the plan, no health words.",
        "schedule": "By Reach In, within two days.",
        "basis": "public_task",
        "statutory_power": "Children (Scotland) Act 1995, section 22",
        "document": "Cabinet 4, folder 12",
        "starts_on_day": "1",
        "starts_on_month": "1",
        "starts_on_year": "2026",
        "expires_on_day": "1",
        "expires_on_month": "1",
        "expires_on_year": "2028",
        **told,
    }


def enter(data: dict[str, Any], client: Client | None = None) -> Any:
    return (client or cast.signed_in(guardian())).post(reverse("guardian:agreement_add"), data)


def read(client: Client, name: str, *args: object) -> Any:
    return client.get(reverse(f"guardian:{name}", args=args))


def test_an_agreement_is_entered_with_everything_and_its_parties(db: None) -> None:
    assert enter(form()).headers["Location"] == reverse("guardian:agreements") + "?done=recorded"
    kept = SharingAgreement.objects.using("owner").get()
    assert set(kept.parties.using("owner")) == {cast.hub(), cast.school()}
    assert (kept.keeper, kept.recorded_by, kept.expires_on.year) == (cast.hub(), guardian().id, 2028)
    told = words(read(cast.signed_in(guardian()), "agreement", kept.id))
    for said in form().values():
        assert not isinstance(said, str) or len(said) < 25 or said == form()["key"] or said in told or "-" in said


def test_the_same_form_again_enters_none(db: None) -> None:
    data = form()
    assert [enter(data).status_code for _ in range(3)] == [302] * 3
    assert owned(SharingAgreement).count() == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": ""}, "name"),
        ({"parties": []}, "parties"),
        ({"categories": []}, "categories"),
        ({"schedule": " "}, "schedule"),
        ({"categories": ["health"]}, "special_condition"),
        ({"expires_on_year": "2025"}, "expires_on"),
        ({"expires_on_year": "2031"}, "expires_on"),
        ({"expires_on_day": ""}, "expires_on"),
        ({"basis": ""}, "basis"),
    ],
)
def test_what_is_missing_is_told_beside_its_field_and_nothing_typed_is_lost(db: None, told: dict[str, Any], field: str) -> None:
    page = enter(form(why="Kept as it was typed.", **told))
    assert page.status_code == WRONG
    html = Page(page.content.decode())
    assert problems_for_people(html) == []
    assert [link["href"].startswith(f"#id_{field}") for link in summary_links(html)] == [True]
    assert "Kept as it was typed." in page.content.decode()
    assert not owned(SharingAgreement).exists()


def test_the_register_goes_by_the_last_day_and_keeps_what_is_over_apart(db: None) -> None:
    agreement(cast.school(), name="Late one", expires_in=300)
    agreement(cast.school(), name="Soon one", expires_in=60)
    agreement(cast.school(), name="Not so soon", expires_in=61)
    agreement(cast.school(), name="Gone one", expires_in=-1)
    told = words(read(cast.signed_in(guardian()), "agreements"))
    places = [told.index(name) for name in ("Soon one", "Not so soon", "Late one", "Expired or ended", "Gone one")]
    assert places == sorted(places)
    assert told.count("Expires soon") == 1
    assert told.count("In force") == 2


def test_a_party_reads_it_and_only_the_keeper_ends_it(db: None) -> None:
    made = agreement(cast.school())
    party, stranger = cast.signed_in(guardian(cast.school(), "Ann Lee")), cast.signed_in(guardian(cast.health(), "Bo Ray"))
    assert made.name in words(read(party, "agreements"))
    assert read(party, "agreement", made.id).status_code == 200
    assert read(party, "agreement_end", made.id).status_code == MISSING
    assert party.post(reverse("guardian:agreement_end", args=[made.id])).status_code == MISSING
    for name in ("agreement", "agreement_print", "agreement_end"):
        foreign, missing = read(stranger, name, made.id), read(stranger, name, new_id())
        assert (foreign.status_code, foreign.content) == (MISSING, missing.content)
    assert made.name not in words(read(stranger, "agreements"))


def test_ending_asks_first_and_then_fills_in_nothing(db: None) -> None:
    made, client = agreement(cast.school()), cast.signed_in(guardian())
    assert "fills in nothing from now on" in words(read(client, "agreement_end", made.id))
    assert owned(SharingAgreement).get().ended_at is None
    address = reverse("guardian:agreement_end", args=[made.id])
    assert [client.post(address).status_code for _ in range(2)] == [302, 302]
    assert owned(SharingAgreement).get().ended_by == guardian().id
    assert "Ended" in words(read(client, "agreements"))


def test_the_print_has_everything_and_no_navigation(db: None) -> None:
    made = agreement(cast.school())
    page = read(cast.signed_in(guardian()), "agreement_print", made.id)
    assert "By Reach In, as soon as it is decided." in words(page)
    assert "ri_navigation" not in page.content.decode()


def test_a_masked_party_is_named_to_its_own_and_to_the_keeper_alone(db: None) -> None:
    made = agreement(cast.womens_aid(), cast.school())
    for who, is_named in ((guardian(), True), (guardian(cast.womens_aid(), "Ann Lee"), True), (guardian(cast.school(), "Bo Ray"), False)):
        for name in ("agreements", "agreement", "agreement_print"):
            args = () if name == "agreements" else (made.id,)
            told = words(read(cast.signed_in(who), name, *args)).replace(str(who.agency.name), "", 1)
            assert ("Women's Aid" in told) is is_named or who.agency == cast.womens_aid(), (name, who)
            if not is_named:
                assert "A support service" in told
