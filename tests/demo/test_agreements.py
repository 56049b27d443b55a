"""The invented agreements: two, entered once, one of which expires soon."""

from collections import Counter
from datetime import timedelta

from demo.agreements import load_agreements
from demo.partnership import load_partnership
from reachin.families.information_sharing.models import SharingAgreement
from reachin.groundwork.clock import now


def test_two_are_entered_once_and_one_expires_soon(db: None) -> None:
    moment = now()
    partnership = load_partnership(since=moment - timedelta(days=400), now=moment)
    assert [load_agreements(partnership, now=moment) for _ in range(2)] == [2, 0]
    kept = list(SharingAgreement.objects.using("owner").order_by("expires_on"))
    days = [(one.expires_on - moment.date()).days for one in kept]
    assert days[0] <= 60 < days[1]
    assert all(one.parties.using("owner").count() == 2 for one in kept)


def test_reviews_at_the_hub_need_two_people_and_several_agencies_have_a_guardian_of_their_own(db: None) -> None:
    moment = now()
    partnership = load_partnership(since=moment - timedelta(days=400), now=moment)
    guardians = [who for who in partnership.staff.values() if who.role == "information_guardian"]
    at = Counter(who.agency.slug for who in guardians)
    assert at.pop("family-hub") == 2
    assert set(at) == {"social-work", "portlennan-primary", "nhs-lennan", "harbour-families", "strathlennan-council"}
