"""An account of one's own: offered by a worker, begun with a link that works once, and opening one's own page and nobody else's."""

from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import F
from django.db.utils import IntegrityError, ProgrammingError

from reachin.access.requests_for_assistance import drafts
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.models import CircleEntry
from reachin.families.own_accounts.actions import DoesNotFit, SamePerson, begin, confirm, end_account, invite
from reachin.families.own_accounts.enums import Ground
from reachin.families.own_accounts.models import OwnAccount
from reachin.families.own_accounts.rules import PURPOSE, ground_fits
from reachin.families.people.models import PersonDetails
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.one_time_links.actions import use_link
from tests import cast

TOGETHER, OWN = "two red mugs", "grey seal on a rock"


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def people_of(made: RequestForAssistance) -> list[UUID]:
    rows = owned(RequestPerson).filter(request_for_assistance=made).select_related("alias").order_by("place")
    return [row.alias.person_id for row in rows]


def offered(made: RequestForAssistance, person: UUID, ground: Ground = Ground.GROWN_UP, why: str = "") -> tuple[OwnAccount, str]:
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        return invite(person, by=worker, ground=ground, why=why, phrase=TOGETHER, checked="I asked their mother, alone.", now=now)


def made_sure(made: RequestForAssistance, account_id: UUID) -> OwnAccount:
    second = cast.second_hub_worker()
    with cast.opened(second, made) as now:
        return confirm(account_id, by=second, now=now)


def begun(made: RequestForAssistance, person: UUID, **told: Any) -> tuple[UUID, str]:
    """The account's id and its code."""
    account, token = offered(made, person, **told)
    used = use_link(token, purpose=PURPOSE, phrase=TOGETHER, network="192.0.2.1")
    assert used.subject_id == account.id
    with acting(Actor.family(account.id)) as now:
        code = begin(account.id, phrase=OWN, now=now)
    made_sure(made, account.id)
    return account.id, code


def comes_in(code: str, phrase: str = OWN) -> UUID | None:
    return drafts.come_in(code, phrase, network="192.0.2.1").scope


def own_page(account_id: UUID) -> UUID | None:
    return open_record(Actor.family(account_id), "own_person", account_id, purpose="own_page")


def test_who_is_offered_an_account_begins_it_with_the_link_and_comes_back_by_code_and_phrase(db: None) -> None:
    made = cast.family_request()
    account, code = begun(made, people_of(made)[0])
    assert comes_in(code) == comes_in(code.lower().replace("-", " ")) == account
    assert comes_in(code, "grey seal on a pier") is None
    assert comes_in(made.reference, cast.PHRASE) == made.id


def test_it_opens_ones_own_page_and_nobody_elses(db: None) -> None:
    made = cast.family_request()
    own, child = people_of(made)
    account, _code = begun(made, own)
    actor = Actor.family(account)
    with acting(actor, opening=own_page(account), read_only=True):
        assert {row.person_id for row in PersonDetails.objects.all()} == {own}
        assert {row.person_id for row in CircleEntry.objects.all()} == {own}
    assert open_record(actor, "request", made.id, purpose="own_request") is None
    assert open_record(actor, "own_person", made.id, purpose="own_page") is None
    assert open_record(actor, "person", child, purpose="support") is None


def test_a_young_person_has_one_of_their_own_beside_their_mothers(db: None) -> None:
    made = cast.family_request(people=[{"known_as": "Skye", "age_years": 13, "relation": "child"}])
    own, child = people_of(made)
    mothers, _ = begun(made, own)
    skyes, _ = begun(made, child, ground=Ground.TWELVE)
    for account, person in ((mothers, own), (skyes, child)):
        with acting(Actor.family(account), opening=own_page(account), read_only=True):
            assert [row.person_id for row in PersonDetails.objects.all()] == [person]


def test_it_leads_to_the_requests_that_one_sent_and_not_to_those_in_which_one_is_named(db: None) -> None:
    made = cast.family_request(people=[{"known_as": "Skye", "age_years": 13, "relation": "child"}])
    own, child = people_of(made)
    for person, found in ((own, [made.reference]), (child, [])):
        account, _ = begun(made, person, ground=Ground.GROWN_UP if person == own else Ground.TWELVE)
        with acting(Actor.family(account), opening=own_page(account), read_only=True), connection.cursor() as cursor:
            cursor.execute("select reference from reachin.own_requests()")
            assert [row[0] for row in cursor.fetchall()] == found


def test_until_it_is_begun_and_after_it_ended_it_opens_nothing(db: None) -> None:
    made = cast.family_request()
    account, _token = offered(made, people_of(made)[0])
    assert own_page(account.id) is None
    began, code = begun(made, people_of(made)[0])
    assert own_page(began) is not None
    with acting(Actor.family(began)) as now:
        end_account(began, by=began, now=now)
    assert own_page(began) is None
    assert comes_in(code) is None


def test_a_new_offer_ends_what_was_there_and_the_old_link_leads_nowhere(db: None) -> None:
    made = cast.family_request()
    person = people_of(made)[0]
    _, first = offered(made, person)
    _, code = begun(made, person)
    _, second = offered(made, person)
    assert comes_in(code) is None
    assert use_link(first, purpose=PURPOSE, phrase=TOGETHER, network="192.0.2.1").subject_id is None
    assert use_link(second, purpose=PURPOSE, phrase="two blue mugs", network="192.0.2.1").subject_id is None
    assert use_link(second, purpose=PURPOSE, phrase=TOGETHER, network="192.0.2.1").subject_id is not None
    assert owned(OwnAccount).filter(ended_at=None).count() == 1


def test_it_is_begun_once_and_only_by_its_person(db: None) -> None:
    made, other = cast.family_request(), cast.family_request(your_name="Dean")
    account, _ = begun(made, people_of(made)[0])
    offer, _ = offered(other, people_of(other)[0])
    for actor in (Actor.family(account), Actor.family(made.id), Actor.visitor()):
        with pytest.raises(OwnAccount.DoesNotExist), acting(actor) as now:
            begin(offer.id, phrase="mine now", now=now)
    with pytest.raises(OwnAccount.DoesNotExist), acting(Actor.family(account)) as now:
        begin(account, phrase="again", now=now)


def test_no_worker_chooses_a_persons_phrase_for_them(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    account, _ = offered(made, people_of(made)[0])
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(worker, made) as now:
        OwnAccount.objects.filter(id=account.id).update(reference_digest=b"x", phrase_hash="x", begun_at=now, begun_by=worker.id)


def test_it_opens_nothing_before_a_second_worker_made_sure_and_never_by_whoever_offered_it(db: None) -> None:
    made = cast.family_request()
    account, _ = offered(made, people_of(made)[0])
    with acting(Actor.family(account.id)) as now:
        code = begin(account.id, phrase="chosen by the worker", now=now)
    assert own_page(account.id) is None
    assert comes_in(code, "chosen by the worker") is None
    worker = cast.hub_worker()
    with pytest.raises(SamePerson), cast.opened(worker, made) as now:
        confirm(account.id, by=worker, now=now)
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(worker, made) as now:
        OwnAccount.objects.filter(id=account.id).update(confirmed_at=now, confirmed_by=UUID(int=1))
    assert made_sure(made, account.id).confirmed_by == cast.second_hub_worker().id
    assert own_page(account.id) is not None
    assert comes_in(code, "chosen by the worker") == account.id


def test_whoever_holds_the_link_does_not_make_sure_of_it_themselves(db: None) -> None:
    made = cast.family_request()
    account, _ = offered(made, people_of(made)[0])
    with pytest.raises(ProgrammingError, match="row-level security"), acting(Actor.family(account.id)) as now:
        OwnAccount.objects.filter(id=account.id).update(confirmed_at=now, confirmed_by=cast.second_hub_worker().id)
    assert own_page(account.id) is None


def test_nobody_makes_sure_who_does_not_hold_the_request_or_of_what_has_ended(db: None) -> None:
    made = cast.family_request()
    account, _ = offered(made, people_of(made)[0])
    for worker, wrong in ((cast.second_hub_worker(), OwnAccount.DoesNotExist), (cast.desk_worker(), PermissionDenied)):
        with pytest.raises(wrong), acting(worker.actor()) as now:
            confirm(account.id, by=worker, now=now)
    offered(made, people_of(made)[0])
    with pytest.raises(OwnAccount.DoesNotExist):
        made_sure(made, account.id)


def test_what_has_ended_is_revived_by_nobody(db: None) -> None:
    made = cast.family_request()
    account, _ = begun(made, people_of(made)[0])
    with acting(Actor.family(account)) as now:
        end_account(account, by=account, now=now)
    with cast.opened(cast.second_hub_worker(), made) as now:
        values = {"ended_at": None, "ended_by": None, "confirmed_by": cast.second_hub_worker().id, "confirmed_at": now}
        assert OwnAccount.objects.filter(id=account).update(**values) == 0
    with acting(Actor.family(account)):
        assert OwnAccount.objects.filter(id=account).update(ended_at=None, ended_by=None) == 0


def test_a_person_sees_every_way_in_to_their_page_and_ends_it_and_nobody_elses(db: None) -> None:
    made = cast.family_request(people=[{"known_as": "Skye", "age_years": 13, "relation": "child"}])
    own, child = people_of(made)
    account, _ = begun(made, own)
    skyes, _ = begun(made, child, ground=Ground.TWELVE)
    scope = Actor.family(made.id)
    with acting(scope, opening=open_record(scope, "own_person", made.id, purpose="own_page")) as now:
        assert [row.id for row in OwnAccount.objects.all()] == [account]
        with pytest.raises(OwnAccount.DoesNotExist):
            end_account(skyes, by=made.id, now=now)
        end_account(account, by=made.id, now=now)
    assert own_page(account) is None
    assert own_page(skyes) is not None


def test_a_record_that_somebody_elses_asking_made_gets_a_page_only_where_somebody_said_how_they_made_sure(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    own, child = people_of(made)
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(worker, made) as now:
        invite(child, by=worker, ground=Ground.UNDERSTANDS, why="He asked who reads it.", phrase=TOGETHER, now=now)
    with cast.opened(worker, made) as now:
        invite(own, by=worker, ground=Ground.GROWN_UP, why="", phrase=TOGETHER, now=now)
    account, _ = offered(made, child, Ground.UNDERSTANDS, "He asked who reads it.")
    kept = owned(OwnAccount).get(id=account.id)
    assert kept.checked_words() == "I asked their mother, alone."
    assert b"mother" not in bytes(kept.checked)


def test_only_who_has_the_person_open_and_the_part_for_it_offers(db: None) -> None:
    made = cast.family_request()
    person = people_of(made)[0]
    for worker in (cast.teacher(), cast.hub_worker()):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(worker.actor()) as now:
            invite(person, by=worker, ground=Ground.GROWN_UP, why="", phrase=TOGETHER, now=now)
    desk = cast.desk_worker()
    with pytest.raises(PermissionDenied), acting(desk.actor()) as now:
        invite(person, by=desk, ground=Ground.GROWN_UP, why="", phrase=TOGETHER, now=now)


def test_before_twelve_somebody_says_why_they_understand_and_the_words_are_sealed(db: None) -> None:
    made = cast.family_request()
    child = people_of(made)[1]
    with pytest.raises(DoesNotFit) as refused:
        offered(made, child, Ground.TWELVE)
    assert refused.value.code == "too_young"
    with pytest.raises(DoesNotFit):
        offered(made, child, Ground.UNDERSTANDS)
    account, _ = offered(made, child, Ground.UNDERSTANDS, "He asked who reads it, and what happens if he says no.")
    kept = owned(OwnAccount).get(id=account.id)
    assert kept.why_words().startswith("He asked")
    assert b"asked" not in bytes(kept.why)


def test_what_is_done_is_in_the_audit(db: None) -> None:
    made = cast.family_request()
    account, _ = begun(made, people_of(made)[0])
    with acting(Actor.family(account)) as now:
        end_account(account, by=account, now=now)
        end_account(account, by=account, now=now)
    events = list(owned(AuditEvent).filter(event__startswith="own_account.").order_by("happened_at", "id").values_list("event", flat=True))
    assert events == ["own_account.offered", "own_account.begun", "own_account.confirmed", "own_account.ended"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"ground": "friend"}, "own_account_ground_known"),
        ({"ground": "understands"}, "own_account_says_why_understood"),
        ({"phrase_hash": "x"}, "own_account_begun_with_code_and_phrase"),
        ({"ended_by": UUID(int=1)}, "own_account_ended_by_somebody"),
        ({"confirmed_by": UUID(int=1)}, "own_account_confirmed_by_a_second"),
        ({"confirmed_by": F("invited_by"), "confirmed_at": F("invited_at")}, "own_account_confirmed_by_a_second"),
    ],
)
def test_the_database_holds_what_an_account_is(db: None, fields: dict[str, Any], name: str) -> None:
    made = cast.family_request()
    offered(made, people_of(made)[0])
    with pytest.raises(IntegrityError, match=name):
        owned(OwnAccount).update(**fields)


@pytest.mark.parametrize(
    ("ground", "age", "why", "code"),
    [
        (Ground.GROWN_UP, 40, "", ""),
        (Ground.GROWN_UP, 16, "", ""),
        (Ground.GROWN_UP, 15, "", "too_young"),
        (Ground.GROWN_UP, None, "", ""),
        (Ground.TWELVE, 12, "", ""),
        (Ground.TWELVE, 11, "", "too_young"),
        (Ground.TWELVE, 15, "x", "not_needed"),
        (Ground.UNDERSTANDS, 9, "", "say_why"),
        (Ground.UNDERSTANDS, 9, " ", "say_why"),
        (Ground.UNDERSTANDS, 9, "She does.", ""),
    ],
)
def test_a_ground_fits_an_age(ground: Ground, age: int | None, why: str, code: str) -> None:
    assert ground_fits(ground, age=age, why=why) == code
