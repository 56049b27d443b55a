from uuid import UUID

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, F

from reachin.access.directory.models import Service
from reachin.access.referrals.models import Referral
from reachin.access.requests_for_assistance.models import DraftRequest, RequestForAssistance, RequestNote
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.lookups import Lookup, keep_row
from reachin.groundwork.ids import new_id
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from tests import cast

drafts = Lookup(lambda draft: DraftRequest.objects.filter(id=draft))


def test_a_look_up_gives_what_the_orm_gives_with_what_it_joins(db: None) -> None:
    who = cast.hub_worker()
    found = Lookup(lambda account: Account.objects.select_related("agency").filter(id=account)).first(who.id)
    assert found is not None
    assert (found, found.email, found.agency.name, found._state.adding) == (who, who.email, who.agency.name, False)


def test_rows_come_in_order_as_records_and_as_tuples_too(db: None) -> None:
    cast.charity(), cast.hub(), cast.school()
    usual = Agency.objects.order_by("slug")
    assert Lookup(lambda: Agency.objects.order_by("slug"))() == list(usual)
    assert Lookup(lambda: Agency.objects.order_by("slug").values("slug", "name"))() == list(usual.values("slug", "name"))
    assert Lookup(lambda: Agency.objects.order_by("slug").values_list("id", "kind"))() == list(usual.values_list("id", "kind"))


def test_what_the_orm_reads_into_something_else_is_read_so_here_too(db: None) -> None:
    who, service = cast.hub_worker(), cast.service()
    with acting(who.actor()):
        found = Lookup(lambda one: Service.objects.select_related("organisation").filter(id=one)).first(service.id)
    assert found is not None
    assert (found.needs, found.organisation.name) == (service.needs, service.organisation.name)
    referral = cast.sent_referral(by=who)
    with cast.opened_referral(cast.support_worker(), referral):
        read = Lookup(lambda one: Referral.objects.filter(id=one)).first(referral.id)
    assert read is not None
    assert read.match_reasons == referral.match_reasons == []


def test_two_ids_keep_their_places(db: None) -> None:
    who, other = cast.hub_worker(), cast.support_worker()
    theirs = Lookup(lambda agency, account: Account.objects.filter(id=account, agency_id=agency))
    assert theirs.first(who.agency_id, who.id) == who
    assert theirs.first(who.agency_id, other.id) is None
    assert theirs.first(other.agency_id, other.id) == other


def test_what_the_guards_hide_is_not_found_and_what_they_show_to_its_bearer_is(db: None) -> None:
    mine, others = cast.draft(), cast.draft()
    with acting(Actor.family(mine.id)):
        assert drafts.first(mine.id) == mine
        assert drafts.first(others.id) is None


def test_another_number_of_ids_is_a_mistake(db: None) -> None:
    with pytest.raises(TypeError):
        drafts()
    with pytest.raises(TypeError):
        drafts(new_id(), new_id())


@pytest.mark.parametrize(
    "asked",
    [
        Lookup(lambda given: Agency.objects.all()),
        Lookup(lambda: Agency.objects.values_list("id", flat=True)),
        Lookup(lambda: Agency.objects.annotate(many=Count("id"))),
        Lookup(lambda given: RequestNote.objects.filter(request_for_assistance_id__in=[given]).annotate(other=F("kind"))),
    ],
    ids=["an id that is not asked for", "flat", "counted", "annotated"],
)
def test_what_it_would_not_make_as_the_orm_does_is_refused(db: None, asked: Lookup[object]) -> None:
    with pytest.raises(TypeError):
        asked(*[UUID(int=one) for one in range(asked._many)])


def test_a_row_is_kept_with_the_named_fields_only(db: None) -> None:
    draft = cast.draft()
    with acting(Actor.family(draft.id)) as moment:
        held = drafts.first(draft.id)
        assert held is not None
        held.changed_at, held.channel = moment, "paper"
        keep_row(held, ("changed_at",))
    kept = DraftRequest.objects.using("owner").get(id=draft.id)
    assert (kept.changed_at, kept.channel) == (moment, draft.channel)


def test_a_row_that_is_not_mine_or_is_gone_is_not_kept_silently(db: None) -> None:
    mine, others = cast.draft(), cast.draft()
    with acting(Actor.family(mine.id)), pytest.raises(ObjectDoesNotExist):
        keep_row(others, ("changed_at",))
    with acting(Actor.family(mine.id)), pytest.raises(ObjectDoesNotExist):
        keep_row(RequestForAssistance(id=new_id(), version=2), ("version",))
