"""The invented agreements: two, entered once, one of which expires soon."""

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


def test_reviews_need_two_people_and_they_are_there(db: None) -> None:
    moment = now()
    partnership = load_partnership(since=moment - timedelta(days=400), now=moment)
    guardians = [who for who in partnership.staff.values() if who.role == "information_guardian"]
    assert {who.agency.slug for who in guardians} == {"family-hub"}
    assert len(guardians) == 2
